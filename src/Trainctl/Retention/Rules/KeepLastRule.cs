using Trainctl.Checkpoints;
using Trainctl.Retention.Evaluation;

namespace Trainctl.Retention.Rules;

/// <summary>Keeps the newest, and the highest steps where those are others.</summary>
internal sealed class KeepLastRule(int count) : IRetentionRule
{
    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run)
    {
        foreach (var unit in run.Complete.Take(count))
            yield return (unit, new KeepReason(KeepRule.KeepLast, count == 1 ? "the last one" : $"one of the last {count}"));
        foreach (var unit in run.HighestFirst?.Take(count) ?? [])
            yield return (unit, new KeepReason(KeepRule.KeepLast, count == 1 ? "the highest step" : $"one of the {count} highest steps"));
    }
}
