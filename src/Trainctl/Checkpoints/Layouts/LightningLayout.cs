using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// PyTorch Lightning's files: <c>epoch=1-step=200.ckpt</c>, with metrics and a version in the name
/// (Lightning-AI/pytorch-lightning: src/lightning/pytorch/callbacks/model_checkpoint.py). <c>last*.ckpt</c> is where training goes on, as a copy or a
/// link; <c>hpc_ckpt_1.ckpt</c> where a requeued job does (src/lightning/pytorch/trainer/connectors/checkpoint_connector.py).
/// </summary>
internal sealed partial class LightningLayout : CheckpointLayout
{
    private const string Extension = ".ckpt";

    public override string Name => "lightning";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
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

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken) =>
        new() { Problem = await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false) };

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken) =>
        new() { Problem = await inspector.FirstProblemAsync([pointer.Object], cancellationToken).ConfigureAwait(false) };

    public override bool IsPointerName(string fileName) => PointerName().IsMatch(fileName);

    private UnitClaim ClaimFor(CatalogFolder folder, CatalogFile file, NumberedName name) => new()
    {
        Layout = this,
        Path = file.Object.Key,
        Run = RunName.Of(folder, name.Pattern + Extension),
        Objects = [file.Object],
        IsFolder = false,
        Step = name.Step,
        Epoch = name.Epoch,
        Metrics = name.Metrics,
    };

    [GeneratedRegex(@"-v\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"^(last.*|hpc_ckpt_\d+)\.ckpt$", RegexOptions.CultureInvariant)]
    private static partial Regex PointerName();
}
