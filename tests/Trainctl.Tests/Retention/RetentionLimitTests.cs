using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

/// <summary>Limits, as goldens: the last lines say what stays over the budget.</summary>
public sealed class RetentionLimitTests
{
    private const long MiB = 1024 * 1024;

    private static readonly CheckpointRun[] Two =
    [
        Run(
            Days("a", 1, 40).With("acc", 0.9), Days("a", 2, 35).Pinned(), Days("a", 3, 32), Days("a", 4, 31, isComplete: false), Days("a", 5, 20),
            Days("a", 6, 10), Days("a", 7, 9)),
        Run(Days("b", 1, 90), Days("b", 2, 80)),
    ];

    private static readonly CheckpointRun[] Restart =
        [Run(Days("a", 800, 50), Days("a", 900, 49), Days("a", 1000, 48), Days("a", 100, 3), Days("a", 200, 2))];

    private static IEnumerable<TestCaseData<CheckpointRun[], RetentionPolicy>> Scenes() =>
    [
        Scene("Age_alone", Two, new() { MaxAge = TimeSpan.FromDays(30) }),
        Scene("Size_alone", Two, new() { MaxTotalSize = 30 * MiB }),
        Scene("Size_that_fits", Two, new() { MaxTotalSize = 60 * MiB }),
        Scene("Size_too_small_for_what_must_stay", Two, new() { MaxTotalSize = 1 }),
        Scene("Age_and_size", Two, new() { MaxAge = TimeSpan.FromDays(15), MaxTotalSize = 25 * MiB }),
        Scene("Age_of_what_a_rule_keeps", Two, new() { KeepLast = 5, MaxAge = TimeSpan.FromDays(30) }),
        Scene("Limits_spare_steps_and_paths", Two, new() { KeepLast = 9, KeepSteps = [1], KeepPaths = ["*-3"], MaxAge = TimeSpan.FromDays(1), MaxTotalSize = MiB }),
        Scene("Limits_spare_the_best", [Two[0]], new() { KeepLast = 9, KeepBest = 1, Metric = "acc", AllowMissingMetric = true, MaxTotalSize = MiB }),
        Scene("Minimum_age_stands_against_size", Two, new() { MaxTotalSize = 1, MinAge = TimeSpan.FromDays(15) }),
        Scene("The_last_one_may_go_when_told", Two, new() { MaxAge = TimeSpan.FromDays(30), AllowRemovingNewest = true }),
        Scene("Restart_age", Restart, new() { MaxAge = TimeSpan.FromDays(30) }),
        Scene("Restart_size", Restart, new() { MaxTotalSize = 30 * MiB }),
    ];

    [TestCaseSource(nameof(Scenes))]
    public void Decisions(CheckpointRun[] runs, RetentionPolicy policy)
    {
        var decisions = RetentionEvaluator.Evaluate(runs, [], policy, Now);

        var over = RetentionEvaluator.OverBudget(decisions, policy).Select(static b => $"run {b.Run} ({b.Layout}) is over its budget by {b.BytesOver} bytes\n");
        Golden.Verify(Text(decisions) + string.Concat(over), TestContext.CurrentContext.Test.Name);
    }

    private static CheckpointUnit Days(string run, long step, double age, bool isComplete = true) =>
        Unit(run, step, 1000 - (24 * age), isComplete).Sized(10 * MiB);

    private static TestCaseData<CheckpointRun[], RetentionPolicy> Scene(string name, CheckpointRun[] runs, RetentionPolicy policy) =>
        new(runs, policy) { TestName = name };
}
