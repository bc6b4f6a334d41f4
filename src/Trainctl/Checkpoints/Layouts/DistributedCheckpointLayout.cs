namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Folders that <c>torch.distributed.checkpoint</c> wrote, with a step or an epoch in their name: <c>step-500</c>; or, under Lightning,
/// <c>epoch=1-step=200.ckpt</c> with <c>meta.pt</c>, which is written last (Lightning-AI/pytorch-lightning: src/lightning/pytorch/strategies/fsdp.py,
/// save_checkpoint). The states may lie in folders inside, such as <c>step-500/model</c>. A name without a number is no checkpoint: a model and its
/// optimizer in two folders are not two checkpoints of which one is older. Cosmos writes those folders one after the other, and names the checkpoint in
/// <c>latest_checkpoint.txt</c> when all are there (nvidia-cosmos/cosmos-predict2.5:
/// cosmos_predict2/_src/predict2/checkpointer/dcp.py).
/// </summary>
internal sealed class DistributedCheckpointLayout : CheckpointLayout
{
    private const string LightningMetadata = "meta.pt";
    private const string Pointer = "latest_checkpoint.txt";

    public override string Name => "torch-distributed";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = new List<(CatalogFolder Folder, UnitClaim Claim)>();
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed))
        {
            var name = LightningFolder.Parse(sub.Name) ?? NumberedName.ParseWords(sub.Name);
            if (name is not null && IsCheckpoint(sub))
                found.Add((sub, ClaimFor(folder, sub, name)));
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

    private UnitClaim ClaimFor(CatalogFolder folder, CatalogFolder sub, NumberedName name) => FolderClaim.Of(this, sub, RunName.Of(folder, name.Pattern)) with
    {
        Step = name.Step,
        Epoch = name.Epoch,
        Metrics = name.Metrics,
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
}
