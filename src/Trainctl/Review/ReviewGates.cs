using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Leftovers;
using Trainctl.Reporting;

namespace Trainctl.Review;

/// <summary>Judges a review by what its settings demand. Pure; answers one sentence for each gate that failed.</summary>
internal static class ReviewGates
{
    public static IEnumerable<string> Failures(
        ReviewArtifactsSettings settings, long bytes, BucketLeftovers? leftovers, IReadOnlyList<CheckpointRun> runs, IReadOnlyList<DanglingPointer> dangling)
    {
        var total = bytes + (leftovers?.HiddenBytes ?? 0) + (leftovers?.UnfinishedBytes ?? 0);
        if (settings.MaxTotalBytes is { } budget && total > budget)
            yield return $"{HumanText.Size(total)} are here, {HumanText.Size(total - budget)} over the budget of {HumanText.Size(budget)}";
        if (settings.MaxTotalBytes is not null && leftovers is { Uncounted: [var uncounted, ..] })
            yield return $"the budget cannot be checked: {uncounted}";
        if (settings.FailOnIncompleteNewest)
        {
            foreach (var newest in runs.Select(static r => r.Units[^1]).Where(static u => u.State != CheckpointState.Complete))
                yield return $"the newest checkpoint {newest.Path} is {CheckpointText.State(newest.State)}: {newest.StateReason}";
        }

        if (settings.FailOnDanglingPointer)
        {
            foreach (var pointer in dangling)
                yield return $"{pointer.Key} {pointer.Problem}";
        }
    }
}
