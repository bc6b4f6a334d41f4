namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// What many ranks wrote into folders of one checkpoint: accelerate's and the Trainer's FSDP and DeepSpeed states lie in folders of their own
/// (huggingface/accelerate: src/accelerate/utils/fsdp_utils.py, save_fsdp_model; src/accelerate/accelerator.py, save_state).
/// </summary>
internal static class ShardedParts
{
    public static bool IsPart(CatalogFolder folder) => DistributedCheckpoint.IsIn(folder) || DeepSpeedGrid.IsIn(folder);

    /// <summary>What is missing or broken in any of the folders; null when nothing is, or when there is none of these.</summary>
    public static async Task<string?> ProblemAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        foreach (var folder in FolderClaim.ByFolder(unit))
        {
            var at = folder.Key[unit.KeyPrefix.Length..];
            var names = folder.Select(UnitInspector.NameOf).ToArray();
            if (names.Any(static n => DistributedCheckpoint.IsData(n) || n == DistributedCheckpoint.MetadataName)
                && await DistributedCheckpoint.ProblemAsync(folder, inspector, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                return at + problem;
            }

            if (names.Any(DeepSpeedGrid.IsFile) && DeepSpeedGrid.Problem(names) is { } hole)
                return at + hole;
        }

        return null;
    }
}
