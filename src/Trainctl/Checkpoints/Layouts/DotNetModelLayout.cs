using System.Text.RegularExpressions;
using Trainctl.Checkpoints.Formats;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// What .NET programs save, when the name has a word for a model and a step or an epoch in it: <c>model_epoch_3.dat</c>, <c>model-step-500.zip</c>. The
/// endings are nobody's own, so the content is looked at too, and what turns out to be something else is never deleted.
/// </summary>
internal abstract partial class DotNetModelLayout(string extension) : FileLayout
{
    /// <summary>What a file is called that is of another format.</summary>
    protected const string Foreign = "is something else";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        foreach (var file in folder.Files.Where(f => !f.IsClaimed && f.Name.EndsWith(extension, StringComparison.Ordinal)).ToArray())
        {
            var stem = file.Name[..^extension.Length];
            if (!ModelWord().IsMatch(stem) || NumberedName.ParseWords(stem) is not { } name)
                continue;
            claims.AddFiles([file], folder, ClaimFor(folder, file.Name, name.Pattern + extension, file) with
            {
                Step = name.Step,
                Epoch = name.Epoch,
                Metrics = name.Metrics,
            });
        }
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var content = unit.Objects.Where(static o => !Manifest.IsManifestKey(o.Key));
        var problem = await inspector.FirstProblemAsync(content, ProblemAsync, cancellationToken).ConfigureAwait(false);
        return problem?.EndsWith(Foreign, StringComparison.Ordinal) == true
            ? new Judgement { Problem = problem, Untouchable = $"{problem} than its name says" }
            : new Judgement { Problem = problem };
    }

    /// <summary>What is wrong with a file; <see cref="Foreign"/> when it is of another format.</summary>
    protected abstract Task<string?> ProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken);

    [GeneratedRegex(
        @"(?<![A-Za-z])(model|net|network|weights?|ckpt|checkpoint|classifier|policy|state|params)(?![A-Za-z])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ModelWord();
}

/// <summary>Files of TorchSharp's <c>module.save</c>; see <see cref="TorchSharpFile"/> for the format.</summary>
internal sealed class TorchSharpLayout() : DotNetModelLayout(".dat")
{
    public override string Name => "torchsharp";

    protected override async Task<string?> ProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken) =>
        await TorchSharpFile.LookAsync(probe, found, cancellationToken).ConfigureAwait(false) switch
        {
            TorchSharpFile.Finding.Whole => null,
            TorchSharpFile.Finding.CutShort => found.Size == 0 ? "is empty" : "is cut short: a tensor's bytes are missing",
            _ => Foreign,
        };
}

/// <summary>
/// Models of ML.NET: a zip with a folder <c>TrainingInfo</c> in it (dotnet/machinelearning: src/Microsoft.ML.Core/Data/Repository.cs, DirTrainingInfo).
/// </summary>
internal sealed class MlNetLayout() : DotNetModelLayout(".zip")
{
    public override string Name => "mlnet";

    protected override async Task<string?> ProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Size == 0)
            return "is empty";
        var end = await probe.ReadEndAsync(found, ZipTail.MaxLength, cancellationToken).ConfigureAwait(false);
        if (!ZipTail.HasEndRecord(end, found.Size))
            return "is cut short: it has no zip end record";
        return end.AsSpan().IndexOf("TrainingInfo"u8) >= 0 ? null : Foreign;
    }
}
