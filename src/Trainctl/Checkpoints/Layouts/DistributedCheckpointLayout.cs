using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Folders that <c>torch.distributed.checkpoint</c> wrote, with a step or an epoch in their name: <c>step-500</c>; or, under Lightning,
/// <c>epoch=1-step=200.ckpt</c> with <c>meta.pt</c>, which is written last (Lightning-AI/pytorch-lightning: src/lightning/pytorch/strategies/fsdp.py,
/// save_checkpoint). The states may lie in folders inside, such as <c>step-500/model</c>. A name without a number is no checkpoint: a model and its
/// optimizer in two folders are not two checkpoints of which one is older. Cosmos writes those folders one after the other, and names the checkpoint in
/// <c>latest_checkpoint.txt</c> when all are there (nvidia-cosmos/cosmos-predict2.5:
/// cosmos_predict2/_src/predict2/checkpointer/dcp.py).
/// </summary>
internal sealed partial class DistributedCheckpointLayout : CheckpointLayout
{
    private const string LightningMetadata = "meta.pt";
    private const string Pointer = "latest_checkpoint.txt";

    public override string Name => "torch-distributed";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = Numbered(folder).Select(n => (Folder: n.Folder, Claim: ClaimFor(folder, n.Folder, "*") with { Step = n.Step })).ToList();
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed))
        {
            var name = LightningFolder.Parse(sub.Name) ?? NumberedName.ParseWords(sub.Name);
            if (name is not null && IsCheckpoint(sub))
                found.Add((sub, ClaimFor(folder, sub, name.Pattern) with { Step = name.Step, Epoch = name.Epoch, Metrics = name.Metrics }));
        }

        claims.AddRuns(found);
        if (found.Count > 0 && folder.Find(Pointer) is { IsClaimed: false } pointer)
            claims.AddPointer(this, PointerKind.Last, folder, pointer);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (LightningFolder.Parse(unit.Name) is not null && !unit.Objects.Any(o => o.Key == unit.KeyPrefix + LightningMetadata))
            return Judgement.Incomplete($"{LightningMetadata}, which is written last, is missing");
        return new Judgement
        {
            Problem = unit.NameProblem
                ?? await ShardedWeights.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
                ?? await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
                ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false),
        };
    }

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var text = await PointerText.ReadAsync(pointer, inspector, cancellationToken).ConfigureAwait(false);
        return text.Length == 0 ? PointerText.Empty : new PointerReading { Names = [new PointedName(pointer.Kind, PointerText.LastSegment(text), text)] };
    }

    public override bool IsPointerName(string fileName) => fileName == Pointer;

    /// <summary>
    /// Names that are only a number, as Meta Lingua's <c>0000001000</c> (facebookresearch/lingua: lingua/checkpoint.py). One number after the other may be parts of one
    /// thing, such as stages of a pipeline, and then none is older than another.
    /// </summary>
    private static (CatalogFolder Folder, long Step)[] Numbered(CatalogFolder folder)
    {
        var found = folder.Folders.Where(static f => !f.IsClaimed && NumberName().IsMatch(f.Name) && DistributedCheckpoint.IsIn(f))
            .Select(static f => (Folder: f, Step: long.Parse(f.Name, NumberStyles.None, CultureInfo.InvariantCulture))).OrderBy(static n => n.Step).ToArray();
        return found.Length > 1 && found[^1].Step - found[0].Step < found.Length ? [] : found;
    }

    private UnitClaim ClaimFor(CatalogFolder folder, CatalogFolder sub, string pattern) => FolderClaim.Of(this, sub, RunName.Of(folder, pattern)) with
    {
        Markers =
        [
            .. sub.Folders.SelectMany(DistributedCheckpoint.Metadata), .. DistributedCheckpoint.Metadata(sub),
            .. FolderClaim.Markers(sub, LightningMetadata),
        ],
    };

    /// <summary>A run may have a number in its name too; then its checkpoints have one of their own.</summary>
    private static bool IsCheckpoint(CatalogFolder folder) =>
        DistributedCheckpoint.IsIn(folder) || folder.Folders.Any(static f => DistributedCheckpoint.IsIn(f) && !IsNumbered(f.Name));

    private static bool IsNumbered(string name) => name.All(char.IsAsciiDigit) || NumberedName.ParseWords(name) is not null;

    [GeneratedRegex(@"^\d{1,18}$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberName();
}
