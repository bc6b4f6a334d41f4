namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// What many ranks wrote into folders of one checkpoint: accelerate's and the Trainer's FSDP and DeepSpeed states lie in folders of their own
/// (huggingface/accelerate: src/accelerate/utils/fsdp_utils.py, save_fsdp_model; src/accelerate/accelerator.py, save_state).
/// </summary>
internal static class ShardedParts
{
    /// <summary>What is missing or broken in any of the folders; null when nothing is, or when there is none of these.</summary>
    public static async Task<string?> ProblemAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        foreach (var prefix in FolderClaim.Prefixes(unit))
        {
            if (DistributedCheckpoint.IsIn(unit, prefix)
                && await DistributedCheckpoint.ProblemAsync(unit, prefix, inspector, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                return problem;
            }

            var names = FolderClaim.DirectlyIn(unit, prefix).Select(UnitInspector.NameOf).ToArray();
            if (names.Any(DeepSpeedGrid.IsFile) && DeepSpeedGrid.Problem(names) is { } hole)
                return prefix[unit.KeyPrefix.Length..] + hole;
        }

        return null;
    }

    /// <summary>Whether a folder, or one directly in it, holds such states.</summary>
    public static bool AreIn(CatalogFolder folder) => IsPart(folder) || folder.Folders.Any(IsPart);

    private static bool IsPart(CatalogFolder folder) => DistributedCheckpoint.IsIn(folder) || DeepSpeedGrid.IsIn(folder);
}
