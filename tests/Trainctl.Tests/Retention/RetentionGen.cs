using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

/// <summary>What is there, and what is asked for.</summary>
internal sealed record RandomScene(CheckpointUnit[][] Units, CheckpointPointer[] Pointers, RetentionPolicy Policy)
{
    public CheckpointRun[] Runs { get; } = [.. Units.Select(static u => Run(u))];

    public override string ToString() =>
        $"{Policy}, steps {string.Join(' ', Policy.KeepSteps)}, paths {string.Join(' ', Policy.KeepPaths)}; "
        + $"pointers {string.Join(' ', Pointers.SelectMany(static p => p.Targets, static (p, t) => $"{p.Kind}:{t}"))}; "
        + string.Join(", ", Runs.SelectMany(static r => r.Units).Select(static u =>
            $"{u.Path} at {u.ModifiedAt:d HH}h {u.State} {u.Bytes} B {u.Pin} {u.Untouchable} {string.Join(' ', u.Metrics.Values.Select(static v => $"loss {v}"))}"));
}

/// <summary>Up to three runs of steps, times, states, sizes and metrics in any combination, with pointers to some of them, under any policy.</summary>
internal static class RetentionGen
{
    /// <summary>The time at which random scenes are decided: their checkpoints are 6 to 83 hours old then.</summary>
    public static readonly DateTimeOffset Time = Now.AddHours(90 - 1000);

    public static readonly Gen<RandomScene> Scenes =
        from runs in Gen.Choose(1, 3).SelectMany(static n => Gen.CollectToArray(Enumerable.Range(0, n), static i => Units($"run{i}")))
        from first in Pointers(runs, "b-state")
        from second in Pointers(runs, "a-state")
        from policy in Policies
        select new RandomScene(runs, [.. first, .. second], policy);

    private static Gen<CheckpointPointer[]> Pointers(CheckpointUnit[][] runs, string name) =>
        from pointed in Gen.SubListOf(runs.SelectMany(static r => r).Select(static u => u.Path).ToArray())
        from pointers in Gen.CollectToArray(
            pointed, path => Gen.Elements(Enum.GetValues<PointerKind>()).Select(kind => Pointer(kind, $"{name}-{path}", path)))
        select pointers;

    public static Gen<RetentionPolicy> Policies =>
        from keep in KeepRules
        from age in Maybe(Gen.Choose(1, 90))
        from size in Maybe(Gen.Choose(1, 30))
        from minimum in Maybe(Gen.Choose(1, 30))
        from flags in Gen.Choose(0, 31)
        select keep with
        {
            MaxAge = Hours(age),
            MaxTotalSize = size,
            MinAge = Hours(minimum) ?? TimeSpan.Zero,
            AllowRemovingNewest = flags == 1,
            AllowRemovingPointerTargets = flags == 2,
            AllowRemovingBest = flags == 3,
            AllowRemovingInFlight = flags == 4,
        };

    private static Gen<RetentionPolicy> KeepRules =>
        from last in Maybe(Gen.Choose(1, 6))
        from best in Maybe(Gen.Choose(1, 3))
        from mode in Gen.Elements(MetricMode.Min, MetricMode.Max)
        from interval in Maybe(Gen.Choose(1, 6))
        from steps in Gen.Frequency((3, Gen.Constant(Array.Empty<long>())), (1, Gen.SubListOf(Enumerable.Range(1, 12).Select(static i => (long)i)).Select(static l => l.ToArray())))
        from within in Maybe(Gen.Choose(1, 90))
        from hourly in Maybe(Gen.Choose(1, 4))
        from daily in Maybe(Gen.Choose(1, 4))
        from weekly in Maybe(Gen.Choose(1, 2))
        from path in Gen.Frequency((3, Gen.Constant(Array.Empty<string>())), (1, Gen.Elements("run0/**", "*-1?", "run1/checkpoint-[1-3]").Select(static p => new[] { p })))
        select new RetentionPolicy
        {
            KeepLast = last,
            KeepBest = best,
            Metric = best is null ? null : "loss",
            MetricMode = best is null ? null : mode,
            AllowMissingMetric = true,
            KeepEverySteps = interval,
            KeepSteps = steps,
            KeepWithin = Hours(within),
            KeepHourly = hourly,
            KeepDaily = daily,
            KeepWeekly = weekly,
            KeepPaths = path,
        };

    private static Gen<CheckpointUnit[]> Units(string run) =>
        from steps in Gen.NonEmptyListOf(Gen.Choose(1, 12))
        from units in Gen.CollectToArray(steps.Distinct(), step => Unit(run, step))
        select units;

    private static Gen<CheckpointUnit> Unit(string run, int step) =>
        from isScrambled in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from hour in Gen.Choose(1, 12)
        from isComplete in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        from isPinned in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from isUntouchable in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from bytes in Gen.Choose(1, 6)
        from loss in Gen.Elements(1, 2, 3, 4, double.NaN, -1)
        let unit = RetentionScene.Unit(run, step, (isScrambled ? hour : step) * 7, isComplete, isUntouchable ? "a link" : null).Sized(bytes)
        let measured = loss < 0 ? unit : unit.With("loss", loss)
        select isPinned ? measured.Pinned() : measured;

    private static Gen<int?> Maybe(Gen<int> gen) => Gen.Frequency((3, Gen.Constant<int?>(null)), (1, gen.Select(static i => (int?)i)));

    private static TimeSpan? Hours(int? hours) => hours is { } h ? TimeSpan.FromHours(h) : null;
}
