using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// PyTorch Lightning's files: <c>epoch=1-step=200.ckpt</c>, with metrics and a version in the name
/// (Lightning-AI/pytorch-lightning: src/lightning/pytorch/callbacks/model_checkpoint.py). <c>last*.ckpt</c> is where training goes on, as a copy or a
/// link, also as <c>epoch=1-last.ckpt</c>; the <c>hpc_ckpt_1.ckpt</c> with the highest number is where a requeued job does, whatever is in it
/// (src/lightning/pytorch/trainer/connectors/checkpoint_connector.py, __max_ckpt_version_in_folder).
/// </summary>
internal sealed partial class LightningLayout : FileLayout
{
    private const string Extension = ".ckpt";

    public override string Name => "lightning";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var requeued = folder.Files
            .Where(static f => !f.IsClaimed)
            .Select(static f => (File: f, Number: RequeueNumber(f.Name)))
            .Where(static f => f.Number >= 0)
            .ToArray();
        if (requeued.Length > 0)
            RecogniseRequeued(folder, requeued, claims);
        foreach (var file in folder.Files)
        {
            if (file.IsClaimed || !file.Name.EndsWith(Extension, StringComparison.Ordinal))
                continue;
            if (IsPointerName(file.Name))
                claims.AddPointer(this, PointerKind.Last, folder, file);
            else if (NumberedName.ParseEquations(Version().Replace(file.Name[..^Extension.Length], "")) is { } name)
                claims.AddFiles([file], folder, ClaimFor(folder, file, name));
        }
    }

    public override bool IsPointerName(string fileName) => PointerName().IsMatch(fileName);

    /// <summary>The number is not a step, so times order those below the highest.</summary>
    private void RecogniseRequeued(CatalogFolder folder, (CatalogFile File, Int128 Number)[] files, ClaimList claims)
    {
        var highest = files.MaxBy(static f => f.Number);
        claims.AddPointer(this, PointerKind.Last, folder, highest.File);
        foreach (var (file, _) in files.Where(f => f != highest))
            claims.AddFiles([file], folder, ClaimFor(folder, file.Name, "hpc_ckpt_*" + Extension, file));
    }

    private static Int128 RequeueNumber(string fileName) =>
        Requeued().Match(fileName) is { Success: true } match ? Int128.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) : -1;

    private UnitClaim ClaimFor(CatalogFolder folder, CatalogFile file, NumberedName name) => ClaimFor(folder, file.Name, name.Pattern + Extension, file) with
    {
        Step = name.Step,
        Epoch = name.Epoch,
        Metrics = name.Metrics,
    };

    [GeneratedRegex(@"-v[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"^(last.*|.*-last(-v[0-9]+)?|hpc_ckpt_[0-9]+)\.ckpt$", RegexOptions.CultureInvariant)]
    private static partial Regex PointerName();

    [GeneratedRegex(@"^hpc_ckpt_(?<number>[0-9]{1,30})\.ckpt$", RegexOptions.CultureInvariant)]
    private static partial Regex Requeued();
}
