using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Retention.Evaluation;

namespace Trainctl.Retention.Rules;

/// <summary>
/// Keeps exactly so many of the best, of equal ones the newest. What has no finite value ranks behind all that have one.
/// </summary>
internal sealed class KeepBestRule(int count, string metric, MetricMode mode) : IRetentionRule
{
    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run) => run.Complete
        .OrderBy(Badness)
        .Take(count)
        .Select((unit, i) => (unit, new KeepReason(KeepRule.KeepBest, $"{(i == 0 ? "best" : Number(i + 1))} by {metric} ({Value(unit)})")));

    private double Badness(CheckpointUnit unit) => unit.Metrics.TryGetValue(metric, out var value) && double.IsFinite(value)
        ? mode == MetricMode.Min ? value : -value
        : double.PositiveInfinity;

    private string Value(CheckpointUnit unit) => unit.Metrics.TryGetValue(metric, out var value) && double.IsFinite(value)
        ? value.ToString("G6", CultureInfo.InvariantCulture)
        : unit.NonFiniteMetrics.Contains(metric, StringComparer.Ordinal) ? "not a finite number" : "no value";

    private static string Number(int rank) => string.Create(CultureInfo.InvariantCulture, $"no. {rank}");
}
