using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Retention.Evaluation;

/// <summary>Stops when it cannot be told which checkpoints are best: the best might be among those without a value.</summary>
internal static class MissingMetric
{
    private const int MaxUnits = 3;
    private const int MaxNames = 20;

    public static void ThrowIfAny(IReadOnlyList<CheckpointRun> runs, string metric)
    {
        var without = runs.SelectMany(Complete).Where(u => !Has(u, metric)).ToArray();
        if (without.Length == 0)
            return;
        var first = string.Join(", ", without.Take(MaxUnits).Select(static u => $"'{u.Path}'"));
        throw new TrainctlException(
            TrainctlError.MissingMetric,
            $"Nothing was removed: {HumanText.Count(without.Length, "complete checkpoint")} without the metric '{metric}', so the best cannot be told: {first}"
            + $"{(without.Length > MaxUnits ? ", …" : "")}. {Recorded(runs)} Correct Metric, or write the value into metrics.json in the checkpoint (NAME.metrics.json"
            + " beside a file), or set AllowMissingMetric to rank checkpoints without it worst.",
            without[0].Path);
    }

    private static bool Has(CheckpointUnit unit, string metric) =>
        unit.Metrics.ContainsKey(metric) || unit.NonFiniteMetrics.Contains(metric, StringComparer.Ordinal);

    private static string Recorded(IReadOnlyList<CheckpointRun> runs)
    {
        var names = runs.SelectMany(Complete).SelectMany(static u => u.Metrics.Keys.Concat(u.NonFiniteMetrics))
            .Where(static n => n != MetricName.RunningBest).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return names.Length == 0
            ? "No checkpoint here has any metric."
            : $"Metrics recorded here: {string.Join(", ", names.Take(MaxNames))}{(names.Length > MaxNames ? ", …" : "")}.";
    }

    private static IEnumerable<CheckpointUnit> Complete(CheckpointRun run) => run.Units.Where(static u => u.State == CheckpointState.Complete);
}
