using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

/// <summary>Each rule alone and several together, as goldens.</summary>
public sealed class RetentionRuleTests
{
    private static readonly CheckpointRun[] Losses =
    [
        Run(
            Unit("a", 100, 1).With("loss", 0.9), Unit("a", 200, 2).With("loss", 0.3), Unit("a", 300, 3, isComplete: false).With("loss", 0.1),
            Unit("a", 400, 4).With("loss", 0.3), Unit("a", 500, 5).With("loss", double.NaN), Unit("a", 600, 6).With("loss", 0.7)),
    ];

    /// <summary>Every 13 hours for 22 days: parts of four ISO weeks.</summary>
    private static readonly CheckpointRun[] Weeks = [Run(Enumerable.Range(1, 41).Select(static i => Unit("a", i, 460 + (13 * i))))];

    /// <summary>Around the ends of 2018 and of 2020, which lie in week 1 of 2019 and in week 53 of 2020.</summary>
    private static readonly CheckpointRun[] NewYears =
    [
        Run(At(1, 2018, 12, 30), At(2, 2018, 12, 31), At(3, 2019, 1, 6), At(4, 2020, 12, 27), At(5, 2020, 12, 28), At(6, 2021, 1, 3), At(7, 2021, 1, 4)),
    ];

    /// <summary>The run got to step 1,000 on one day and began again at low steps two weeks later.</summary>
    private static readonly CheckpointRun[] Restart =
        [Run(Unit("a", 800, 500), Unit("a", 900, 501), Unit("a", 1000, 525), Unit("a", 100, 970), Unit("a", 200, 971), Unit("a", 300, 996))];

    private static IEnumerable<TestCaseData<CheckpointRun[], RetentionPolicy>> Scenes() =>
    [
        Scene("Keep_best_of_equal_ones_the_newest", Losses, new() { KeepBest = 1, Metric = "loss" }),
        Scene("Keep_best_two", Losses, new() { KeepBest = 2, Metric = "loss" }),
        Scene("Keep_best_by_max", Losses, new() { KeepBest = 1, Metric = "loss", MetricMode = MetricMode.Max }),
        Scene("Keep_best_ranks_what_is_no_number_worst", Losses, new() { KeepBest = 5, Metric = "loss" }),
        Scene("Keep_best_ranks_missing_worst", [Run(Unit("a", 1, 1), Unit("a", 2, 2).With("acc", 0.1), Unit("a", 3, 3), Unit("a", 4, 4))],
            new() { KeepBest = 2, Metric = "acc", AllowMissingMetric = true }),
        Scene("Keep_every_steps", [Run([.. Enumerable.Range(0, 8).Select(static i => Unit("a", i * 250, i))])], new() { KeepEverySteps = 500 }),
        Scene("Keep_every_steps_without_steps",
            [Run(Unit("a", 500, 1) with { Step = null, Epoch = 1 }, Unit("a", 1000, 2) with { Step = null, Epoch = 2 })], new() { KeepEverySteps = 500 }),
        Scene("Keep_steps", [Run(Unit("a", 0, 0), Unit("a", 1, 1), Unit("a", 2, 2, isComplete: false), Unit("a", 3, 3), Unit("a", 4, 4))], new() { KeepSteps = [2, 0, 3, 99] }),
        Scene("Keep_within", [Run(Unit("a", 1, 900), Unit("a", 2, 951.9), Unit("a", 3, 952), Unit("a", 4, 1001))], new() { KeepWithin = TimeSpan.FromDays(2) }),
        Scene("Keep_hourly", [Run([.. Enumerable.Range(0, 8).Select(static i => Unit("a", i, 990 + (i * 0.4)))])], new() { KeepHourly = 2 }),
        Scene("Keep_daily", Weeks, new() { KeepDaily = 3 }),
        Scene("Keep_weekly", Weeks, new() { KeepWeekly = 3 }),
        Scene("Keep_weekly_over_new_year", NewYears, new() { KeepWeekly = 9 }),
        Scene("Keep_daily_of_equal_times", [Run(Unit("a", 1, 5), Unit("a", 2, 5), Unit("a", 3, 5))], new() { KeepDaily = 1 }),
        Scene("Keep_paths", [Run(Unit("a", 1, 1), Unit("a", 15, 2, isComplete: false), Unit("a", 25, 3)), Run(Unit("b", 1, 1), Unit("b", 2, 2))],
            new() { KeepPaths = ["*-?5", "b/**"] }),
        Scene("Restart_within", Restart, new() { KeepWithin = TimeSpan.FromHours(29) }),
        Scene("Restart_daily", Restart, new() { KeepDaily = 1 }),
        Scene("Everything_at_once", Losses, new()
        {
            KeepLast = 2, KeepBest = 2, Metric = "loss", KeepEverySteps = 200, KeepSteps = [100, 400], KeepWithin = TimeSpan.FromDays(50),
            KeepHourly = 1, KeepDaily = 1, KeepWeekly = 1, KeepPaths = ["*-400"],
        }),
    ];

    [TestCaseSource(nameof(Scenes))]
    public void Decisions(CheckpointRun[] runs, RetentionPolicy policy) =>
        Golden.Verify(Text(RetentionEvaluator.Evaluate(runs, [], policy, Now)), TestContext.CurrentContext.Test.Name);

    private static CheckpointUnit At(long step, int year, int month, int day) =>
        Unit("a", step, 0) with { ModifiedAt = new DateTimeOffset(year, month, day, 23, 59, 59, TimeSpan.Zero) };

    private static TestCaseData<CheckpointRun[], RetentionPolicy> Scene(string name, CheckpointRun[] runs, RetentionPolicy policy) =>
        new(runs, policy) { TestName = name };
}
