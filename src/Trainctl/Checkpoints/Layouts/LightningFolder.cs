using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Names of Lightning's checkpoints that are folders, because many ranks write them: the same as those of its files, <c>epoch=1-step=200-v1.ckpt</c>
/// (Lightning-AI/pytorch-lightning: src/lightning/pytorch/callbacks/model_checkpoint.py).
/// </summary>
internal static partial class LightningFolder
{
    private const string Extension = ".ckpt";

    /// <summary>What a name tells, its pattern with the extension; null when it is not such a name.</summary>
    public static NumberedName? Parse(string name)
    {
        if (!name.EndsWith(Extension, StringComparison.Ordinal))
            return null;
        return NumberedName.ParseEquations(Version().Replace(name[..^Extension.Length], "")) is { } read ? read with { Pattern = read.Pattern + Extension } : null;
    }

    [GeneratedRegex(@"-v\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
