using Trainctl.Checkpoints;

namespace Trainctl.Retention.Evaluation;

/// <summary>
/// A run as rules look at it. Where its steps and times contradict each other, it cannot be known which reading is right, so rules about recency
/// respect both: this is where the second one comes from.
/// </summary>
internal sealed class RunView
{
    private static readonly Comparer<CheckpointUnit> StepOrder = Comparer<CheckpointUnit>.Create(RunOrder.CompareByStep);

    private readonly Dictionary<CheckpointUnit, DateTimeOffset>? _latestTimes;

    public RunView(CheckpointRun run, DateTimeOffset now)
    {
        Run = run;
        Now = now;
        Complete = [.. run.Units.Where(static u => u.State == CheckpointState.Complete).Reverse()];
        if (run.StepsContradictTimes)
        {
            HighestFirst = [.. Complete.OrderDescending(StepOrder)];
            _latestTimes = LatestTimes(run);
        }
    }

    public CheckpointRun Run { get; }

    /// <summary>The time to measure ages by.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Complete checkpoints, newest first.</summary>
    public IReadOnlyList<CheckpointUnit> Complete { get; }

    /// <summary>Complete checkpoints, highest step first, where that is another reading; null where it is not.</summary>
    public IReadOnlyList<CheckpointUnit>? HighestFirst { get; }

    /// <summary>Whether several checkpoints have one time, as after a download that kept none: then time tells nothing.</summary>
    public bool HasOneTime => Complete.Count > 1
        && Complete.Max(static u => u.ModifiedAt) - Complete.Min(static u => u.ModifiedAt) <= RunOrder.ClockNoise;

    /// <summary>
    /// The latest time at which a checkpoint can have been saved by either reading: its own, or, if steps are right, that of any lower step.
    /// </summary>
    public DateTimeOffset LatestTime(CheckpointUnit unit) => _latestTimes?[unit] ?? unit.ModifiedAt;

    /// <summary>Whether <see cref="LatestTime"/> is a checkpoint's own time, and not that of a lower step.</summary>
    public bool IsOwnTime(CheckpointUnit unit) => LatestTime(unit) == unit.ModifiedAt;

    /// <summary>How long ago a checkpoint was saved, at least.</summary>
    public TimeSpan Age(CheckpointUnit unit) => Now - LatestTime(unit);

    /// <summary>Complete checkpoints, oldest first; where there are two readings, one that is among the newest by either comes late.</summary>
    public IEnumerable<CheckpointUnit> OldestFirst()
    {
        if (HighestFirst is null)
            return Complete.Reverse();
        var rank = new Dictionary<CheckpointUnit, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < HighestFirst.Count; i++)
            rank.Add(HighestFirst[i], i);
        return Complete.Select((unit, i) => (unit, Rank: Math.Min(i, rank[unit]))).Reverse().OrderByDescending(static p => p.Rank).Select(static p => p.unit);
    }

    private static Dictionary<CheckpointUnit, DateTimeOffset> LatestTimes(CheckpointRun run)
    {
        var times = new Dictionary<CheckpointUnit, DateTimeOffset>(ReferenceEqualityComparer.Instance);
        var latest = DateTimeOffset.MinValue;
        foreach (var unit in run.Units.Order(StepOrder))
        {
            latest = unit.ModifiedAt > latest ? unit.ModifiedAt : latest;
            times.Add(unit, latest);
        }

        return times;
    }
}
