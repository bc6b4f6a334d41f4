using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Keras' models <c>*.keras</c> and weights <c>*.weights.h5</c> (keras-team/keras: keras/src/callbacks/model_checkpoint.py). Their names are the user's;
/// a checkpoint is one with the word epoch or step in it, or of the form that the documentation shows: <c>weights.05-0.32.keras</c>,
/// <c>05-0.32.weights.h5</c>, <c>cp-0005.weights.h5</c>. <c>latest.weights.h5</c> is where a restarted job goes on
/// (keras/src/callbacks/backup_and_restore.py).
/// </summary>
internal sealed partial class KerasLayout : FileLayout
{
    private const string Latest = "latest.weights.h5";

    public override string Name => "keras";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        foreach (var file in folder.Files.Where(static f => !f.IsClaimed).ToArray())
        {
            var extension = FileName().Match(file.Name).Value;
            if (file.Name == Latest)
                claims.AddPointer(this, PointerKind.Last, folder, file);
            else if (extension.Length > 0 && Recognise(folder, file, extension) is { } claim)
                claims.AddFiles([file], folder, claim);
        }
    }

    public override bool IsPointerName(string fileName) => fileName == Latest;

    private UnitClaim? Recognise(CatalogFolder folder, CatalogFile file, string extension)
    {
        var stem = file.Name[..^extension.Length];
        if (Documented().Match(stem) is { Success: true } match)
        {
            return ClaimFor(folder, file.Name, Starred(stem, match.Groups["epoch"], match.Groups["value"]) + extension, file) with
            {
                Epoch = double.Parse(match.Groups["epoch"].ValueSpan, CultureInfo.InvariantCulture),
            };
        }

        if (NumberedName.ParseWords(stem) is not { } name)
            return null;
        var metrics = name.Metrics.ToDictionary();
        foreach (Match metric in Metric().Matches(stem))
            metrics[metric.Groups["key"].Value] = double.Parse(metric.Groups["value"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
        return ClaimFor(folder, file.Name, Metric().Replace(name.Pattern, static m => Starred(m.Value, m.Groups["value"], m.Index)) + extension, file) with
        {
            Step = name.Step,
            Epoch = name.Epoch,
            Metrics = metrics,
        };
    }

    private static string Starred(string text, Group first, Group second) =>
        second.Success ? Starred(Starred(text, second, 0), first, 0) : Starred(text, first, 0);

    private static string Starred(string text, Group number, int start) =>
        string.Concat(text.AsSpan(0, number.Index - start), "*", text.AsSpan(number.Index - start + number.Length));

    [GeneratedRegex(@"\.keras$|\.weights\.h5$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(
        @"^(?:(?:weights|model|ckpt|checkpoint|cp)[._-])?(?<epoch>[0-9]{2,6})-(?<value>-?[0-9]{1,30}\.[0-9]{2,30})$|^cp-(?<epoch>[0-9]{4})$", RegexOptions.CultureInvariant)]
    private static partial Regex Documented();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9_])(?<key>(?:val_)?(?:loss|acc|accuracy|auc|mae|mse|f1|precision|recall))[-_]?(?<value>[0-9]{1,30}\.[0-9]{1,30})", RegexOptions.CultureInvariant)]
    private static partial Regex Metric();
}
