using Trainctl.Retention;

namespace Trainctl.Testing.Pruning;

/// <summary>
/// One policy and which whole checkpoints it leaves, written out for each form. The newest whole one is among them always, since nothing may remove it.
/// </summary>
/// <param name="Name">Short name for test reports.</param>
/// <param name="Apply">Puts it into settings.</param>
public sealed record PrunePolicy(string Name, Func<PruneCheckpointsSettings, FamilyRun, PruneCheckpointsSettings> Apply)
{
    public required int[] Whole { get; init; }

    public required int[] NewestTruncated { get; init; }

    public required int[] MiddleBroken { get; init; }

    /// <summary>Whether it goes by steps, so that it keeps nothing that has none: an epoch is no step.</summary>
    public bool NeedsSteps { get; init; }

    /// <summary>Whether it goes by ages.</summary>
    public bool NeedsTimes { get; init; }

    /// <summary>Whether it goes by a metric.</summary>
    public bool NeedsMetric { get; init; }

    /// <summary>Whether it removes nothing at all, so not even what is broken.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The one without rules and limits.</summary>
    public static PrunePolicy Empty { get; } = new("no policy", static (settings, _) => settings)
    {
        Whole = [10, 20, 30, 40, 50], NewestTruncated = [10, 20, 30, 40], MiddleBroken = [10, 20, 40, 50], IsEmpty = true,
    };

    public static PrunePolicy LastTwo { get; } = new("the last two", static (settings, _) => settings with { KeepLast = 2 })
    {
        Whole = [40, 50], NewestTruncated = [30, 40], MiddleBroken = [40, 50],
    };

    public static PrunePolicy TwoSteps { get; } = new("steps 10 and 30", static (settings, _) => settings with { KeepSteps = [10, 30] })
    {
        Whole = [10, 30, 50], NewestTruncated = [10, 30, 40], MiddleBroken = [10, 50], NeedsSteps = true,
    };

    public static PrunePolicy LastMinutes { get; } = new("the last 25 minutes", static (settings, _) => settings with { KeepWithin = TimeSpan.FromMinutes(25) })
    {
        Whole = [40, 50], NewestTruncated = [40], MiddleBroken = [40, 50], NeedsTimes = true,
    };

    /// <summary>All that remove something.</summary>
    public static IReadOnlyList<PrunePolicy> All { get; } =
    [
        LastTwo,
        new("every 20 steps", static (settings, _) => settings with { KeepEverySteps = 20 })
        {
            Whole = [20, 40, 50], NewestTruncated = [20, 40], MiddleBroken = [20, 40, 50], NeedsSteps = true,
        },
        TwoSteps,
        LastMinutes,
        new("the best", static (settings, run) => settings with { KeepBest = 1, Metric = run.Family.Metric ?? "loss", MetricMode = MetricMode.Min })
        {
            Whole = [30, 50], NewestTruncated = [30, 40], MiddleBroken = [20, 50], NeedsMetric = true,
        },
        new("the bytes of two", static (settings, run) => settings with { MaxTotalSize = run.BytesOf(run.Complete.TakeLast(2).Union(run.Family.Named(run.Form))) })
        {
            Whole = [40, 50], NewestTruncated = [30, 40], MiddleBroken = [40, 50],
        },
    ];

    /// <summary>Which whole checkpoints must be left.</summary>
    /// <param name="run">What there was.</param>
    /// <param name="hasTimes">Whether the store tells when checkpoints were saved; otherwise all came just now.</param>
    public IEnumerable<int> Survivors(FamilyRun run, bool hasTimes)
    {
        if (NeedsTimes && !hasTimes)
            return run.Complete;
        if (NeedsSteps && (run.Family.HasNoSteps || run.Family.HasNoNumbers))
            return run.Complete.TakeLast(1);
        var table = run.Form switch { RunForm.NewestTruncated => NewestTruncated, RunForm.MiddleBroken => MiddleBroken, _ => Whole };
        return NeedsMetric && run.Family.Best is { } best ? [.. table.TakeLast(1), best(run.Form)] : table;
    }
}
