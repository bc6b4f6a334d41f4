using Trainctl.Checkpoints;

namespace Trainctl.Retention;

/// <summary>One rule of a policy: which complete checkpoints of a run it keeps. Pure.</summary>
internal interface IRetentionRule
{
    /// <param name="run">The run.</param>
    /// <param name="complete">Its complete checkpoints, newest first.</param>
    /// <param name="now">The time to measure ages by.</param>
    IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(CheckpointRun run, IReadOnlyList<CheckpointUnit> complete, DateTimeOffset now);
}

/// <summary>
/// Keeps the newest. Where steps and times contradict each other it cannot be known from names and times which reading is right, so both are kept.
/// </summary>
internal sealed class KeepLastRule(int count) : IRetentionRule
{
    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(CheckpointRun run, IReadOnlyList<CheckpointUnit> complete, DateTimeOffset now)
    {
        foreach (var unit in complete.Take(count))
            yield return (unit, new KeepReason(KeepRule.KeepLast, count == 1 ? "the last one" : $"one of the last {count}"));
        if (!run.StepsContradictTimes)
            yield break;
        foreach (var unit in complete.OrderDescending(Comparer<CheckpointUnit>.Create(RunOrder.CompareByStep)).Take(count))
            yield return (unit, new KeepReason(KeepRule.KeepLast, count == 1 ? "the highest step" : $"one of the {count} highest steps"));
    }
}
