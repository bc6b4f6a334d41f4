namespace Trainctl.Retention;

/// <content>The policy: the same names and meanings as in <see cref="RetentionPolicy"/>.</content>
public sealed partial record PruneCheckpointsSettings
{
    /// <inheritdoc cref="RetentionPolicy.KeepLast"/>
    public int? KeepLast { get; init; }

    /// <inheritdoc cref="RetentionPolicy.KeepBest"/>
    public int? KeepBest { get; init; }

    /// <inheritdoc cref="RetentionPolicy.Metric"/>
    public string? Metric { get; init; }

    /// <inheritdoc cref="RetentionPolicy.MetricMode"/>
    public MetricMode? MetricMode { get; init; }

    /// <inheritdoc cref="RetentionPolicy.AllowMissingMetric"/>
    public bool AllowMissingMetric { get; init; }

    /// <inheritdoc cref="RetentionPolicy.KeepEverySteps"/>
    public long? KeepEverySteps { get; init; }

    /// <inheritdoc cref="RetentionPolicy.KeepSteps"/>
    public IReadOnlyList<long> KeepSteps { get; init; } = [];

    /// <inheritdoc cref="RetentionPolicy.KeepWithin"/>
    public TimeSpan? KeepWithin { get; init; }

    /// <inheritdoc cref="RetentionPolicy.KeepHourly"/>
    public int? KeepHourly { get; init; }

    /// <inheritdoc cref="RetentionPolicy.KeepDaily"/>
    public int? KeepDaily { get; init; }

    /// <inheritdoc cref="RetentionPolicy.KeepWeekly"/>
    public int? KeepWeekly { get; init; }

    /// <inheritdoc cref="RetentionPolicy.KeepPaths"/>
    public IReadOnlyList<string> KeepPaths { get; init; } = [];

    /// <inheritdoc cref="RetentionPolicy.MaxAge"/>
    public TimeSpan? MaxAge { get; init; }

    /// <inheritdoc cref="RetentionPolicy.MaxTotalSize"/>
    public long? MaxTotalSize { get; init; }

    /// <inheritdoc cref="RetentionPolicy.MinAge"/>
    public TimeSpan MinAge { get; init; }

    /// <inheritdoc cref="RetentionPolicy.AllowRemovingNewest"/>
    public bool AllowRemovingNewest { get; init; }

    /// <inheritdoc cref="RetentionPolicy.AllowRemovingPointerTargets"/>
    public bool AllowRemovingPointerTargets { get; init; }

    /// <inheritdoc cref="RetentionPolicy.AllowRemovingBest"/>
    public bool AllowRemovingBest { get; init; }

    /// <inheritdoc cref="RetentionPolicy.AllowRemovingInFlight"/>
    public bool AllowRemovingInFlight { get; init; }

    /// <summary>The same settings with another policy: for front ends that read one as a whole.</summary>
    public PruneCheckpointsSettings With(RetentionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return this with
        {
            KeepLast = policy.KeepLast,
            KeepBest = policy.KeepBest,
            Metric = policy.Metric,
            MetricMode = policy.MetricMode,
            AllowMissingMetric = policy.AllowMissingMetric,
            KeepEverySteps = policy.KeepEverySteps,
            KeepSteps = policy.KeepSteps,
            KeepWithin = policy.KeepWithin,
            KeepHourly = policy.KeepHourly,
            KeepDaily = policy.KeepDaily,
            KeepWeekly = policy.KeepWeekly,
            KeepPaths = policy.KeepPaths,
            MaxAge = policy.MaxAge,
            MaxTotalSize = policy.MaxTotalSize,
            MinAge = policy.MinAge,
            AllowRemovingNewest = policy.AllowRemovingNewest,
            AllowRemovingPointerTargets = policy.AllowRemovingPointerTargets,
            AllowRemovingBest = policy.AllowRemovingBest,
            AllowRemovingInFlight = policy.AllowRemovingInFlight,
        };
    }

    /// <summary>The rules, limits and overrides of these settings.</summary>
    internal RetentionPolicy Policy => new()
    {
        KeepLast = KeepLast,
        KeepBest = KeepBest,
        Metric = Metric,
        MetricMode = MetricMode,
        AllowMissingMetric = AllowMissingMetric,
        KeepEverySteps = KeepEverySteps,
        KeepSteps = KeepSteps,
        KeepWithin = KeepWithin,
        KeepHourly = KeepHourly,
        KeepDaily = KeepDaily,
        KeepWeekly = KeepWeekly,
        KeepPaths = KeepPaths,
        MaxAge = MaxAge,
        MaxTotalSize = MaxTotalSize,
        MinAge = MinAge,
        AllowRemovingNewest = AllowRemovingNewest,
        AllowRemovingPointerTargets = AllowRemovingPointerTargets,
        AllowRemovingBest = AllowRemovingBest,
        AllowRemovingInFlight = AllowRemovingInFlight,
    };
}
