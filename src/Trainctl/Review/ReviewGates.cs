using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Leftovers;
using Trainctl.Reporting;

namespace Trainctl.Review;

/// <summary>Judges a review by what its settings demand. Pure; answers one sentence for each gate that failed.</summary>
internal static class ReviewGates
{
    public static IEnumerable<string> Failures(
        ReviewArtifactsSettings settings, long bytes, BucketLeftovers? leftovers, CheckpointCatalog catalog, IReadOnlyList<DanglingPointer> dangling)
    {
        // What nobody could look at may be as large as it likes, newer than all the rest, and name anything.
        var hidden = catalog.Problems.FirstOrDefault(static p => p.IsFailure)?.Message.TrimEnd('.');
        var total = bytes + (leftovers?.HiddenBytes ?? 0) + (leftovers?.UnfinishedBytes ?? 0);
        if (settings.MaxTotalBytes is { } budget && total > budget)
            yield return $"{HumanText.Size(total)} are here, {HumanText.Size(total - budget)} over the budget of {HumanText.Size(budget)}";
        if (settings.MaxTotalBytes is not null && leftovers is { Uncounted: [var uncounted, ..] })
            yield return $"the budget cannot be checked: {uncounted}";
        if (settings.MaxTotalBytes is not null && hidden is not null)
            yield return $"the budget cannot be checked: {hidden}";
        if (settings.FailOnIncompleteNewest)
        {
            if (hidden is not null)
                yield return $"whether the newest checkpoints are complete cannot be checked: {hidden}";
            foreach (var newest in catalog.Runs.Select(static r => r.Units[^1]).Where(static u => u.State != CheckpointState.Complete))
                yield return $"the newest checkpoint {newest.Path} is {CheckpointText.State(newest.State)}: {newest.StateReason}";
        }

        if (settings.FailOnDanglingPointer)
        {
            if (hidden is not null)
                yield return $"pointers cannot be checked: {hidden}";
            foreach (var pointer in dangling)
                yield return $"{pointer.Key} {pointer.Problem}";
        }
    }
}
