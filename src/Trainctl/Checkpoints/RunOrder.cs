namespace Trainctl.Checkpoints;

/// <summary>
/// Which checkpoint of a run is newer. Normally the one with the higher step. A restarted run begins again at low steps
/// (huggingface/transformers#37260), so where a lower step is younger than a higher one, time decides; unless all times are equal, as after a download.
/// </summary>
internal sealed record RunOrder(IReadOnlyList<CheckpointUnit> Units, CheckpointOrdering Ordering, bool StepsContradictTimes)
{
    /// <summary>Times closer than this say nothing about an order: clocks of several machines, whole seconds of a store.</summary>
    public static readonly TimeSpan ClockNoise = TimeSpan.FromSeconds(2);

    /// <summary>The order of checkpoints, oldest first.</summary>
    public static RunOrder Of(IEnumerable<CheckpointUnit> units)
    {
        var byStep = units.Order(Comparer<CheckpointUnit>.Create(CompareByStep)).ToArray();
        var hasSteps = Array.TrueForAll(byStep, static u => Progress(u) is not null);
        var contradict = hasSteps && Contradict(byStep);
        return hasSteps && !contradict
            ? new RunOrder(byStep, CheckpointOrdering.Step, false)
            : new RunOrder([.. byStep.OrderBy(static u => u.ModifiedAt)], CheckpointOrdering.Time, contradict);
    }

    /// <summary>
    /// Whether one checkpoint may be younger than another, by any measure: where it matters, doubt counts as yes. Without numbers, times that are closer
    /// than <see cref="ClockNoise"/> leave a doubt.
    /// </summary>
    public static bool MayBeNewer(CheckpointUnit one, CheckpointUnit other) =>
        one.ModifiedAt > other.ModifiedAt + ClockNoise
        || (Progress(one) is { } mine && Progress(other) is { } others ? mine > others : one.ModifiedAt >= other.ModifiedAt - ClockNoise);

    /// <summary>Orders by step, then epoch, time and name: never leaves an order to chance.</summary>
    public static int CompareByStep(CheckpointUnit x, CheckpointUnit y)
    {
        var order = Nullable.Compare(Progress(x), Progress(y));
        if (order == 0)
            order = Nullable.Compare(x.Epoch, y.Epoch);
        if (order == 0)
            order = x.ModifiedAt.CompareTo(y.ModifiedAt);
        return order == 0 ? string.CompareOrdinal(x.Path, y.Path) : order;
    }

    private static double? Progress(CheckpointUnit unit) => unit.Step ?? unit.Epoch;

    private static bool Contradict(CheckpointUnit[] byStep)
    {
        var latestBefore = DateTimeOffset.MinValue;
        var latestSame = DateTimeOffset.MinValue;
        double? progress = null;
        foreach (var unit in byStep)
        {
            if (Progress(unit) != progress)
                (latestBefore, latestSame, progress) = (Max(latestBefore, latestSame), DateTimeOffset.MinValue, Progress(unit));
            if (latestBefore - unit.ModifiedAt > ClockNoise)
                return true;
            latestSame = Max(latestSame, unit.ModifiedAt);
        }

        return false;
    }

    private static DateTimeOffset Max(DateTimeOffset x, DateTimeOffset y) => x > y ? x : y;
}
