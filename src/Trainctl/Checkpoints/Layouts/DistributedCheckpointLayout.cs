namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Folders that <c>torch.distributed.checkpoint</c> wrote, with a step or an epoch in their name: <c>step-500</c>; or, under Lightning,
/// <c>epoch=1-step=200.ckpt</c> with <c>meta.pt</c>, which is written last (Lightning-AI/pytorch-lightning: src/lightning/pytorch/strategies/fsdp.py,
/// save_checkpoint). The states may lie in folders inside, such as <c>step-500/model</c>. A name without a number is no checkpoint: a model and its
/// optimizer in two folders are not two checkpoints of which one is older.
/// </summary>
internal sealed class DistributedCheckpointLayout : CheckpointLayout
{
    private const string LightningMetadata = "meta.pt";

    public override string Name => "torch-distributed";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed))
        {
            var name = LightningFolder.Parse(sub.Name) ?? NumberedName.ParseWords(sub.Name);
            if (name is null || !IsCheckpoint(sub))
                continue;
            claims.AddFolder(sub, FolderClaim.Of(this, sub, RunName.Of(folder, name.Pattern)) with
            {
                Step = name.Step,
                Epoch = name.Epoch,
                Metrics = name.Metrics,
                Markers =
                [
                    .. sub.Folders.SelectMany(DistributedCheckpoint.Metadata), .. DistributedCheckpoint.Metadata(sub),
                    .. FolderClaim.Markers(sub, LightningMetadata),
                ],
            });
        }
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (LightningFolder.Parse(unit.Name) is not null && !unit.Objects.Any(o => o.Key == unit.KeyPrefix + LightningMetadata))
            return Judgement.Incomplete($"{LightningMetadata}, which is written last, is missing");
        return new Judgement
        {
            Problem = await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
                ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>A run may have a number in its name too; then its checkpoints have one of their own.</summary>
    private static bool IsCheckpoint(CatalogFolder folder) =>
        DistributedCheckpoint.IsIn(folder) || folder.Folders.Any(static f => DistributedCheckpoint.IsIn(f) && !IsNumbered(f.Name));

    private static bool IsNumbered(string name) => name.All(char.IsAsciiDigit) || NumberedName.ParseWords(name) is not null;
}
