using Trainctl.Checkpoints;
using Trainctl.Reporting;

namespace Trainctl.Retention.Evaluation;

/// <summary>Takes away from what rules keep: first what is too old, then the oldest until the rest of the run fits.</summary>
internal static class RetentionLimits
{
    public static void Apply(RetentionPolicy policy, RunView run, IReadOnlyDictionary<CheckpointUnit, UnitVerdict> verdicts)
    {
        if (policy.MaxAge is { } age)
        {
            foreach (var unit in run.Complete.Where(u => run.Age(u) > age))
                verdicts[unit].Limit($"older than {AgeText.Of(age)}");
        }

        if (policy.MaxTotalSize is { } size)
            ApplySize(size, run, verdicts);
    }

    private static void ApplySize(long size, RunView run, IReadOnlyDictionary<CheckpointUnit, UnitVerdict> verdicts)
    {
        var total = run.Complete.Where(u => verdicts[u].IsKept).Sum(static u => u.Bytes);
        foreach (var unit in run.OldestFirst())
        {
            if (total <= size)
                return;
            var verdict = verdicts[unit];
            if (!verdict.IsKept)
                continue;
            verdict.Limit($"over {HumanText.Size(size)}: newer checkpoints fill it");
            if (!verdict.IsKept)
                total -= unit.Bytes;
        }
    }
}
