using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Testing;
using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

public sealed class RetentionEvaluatorTests
{
    private static IEnumerable<TestCaseData<CheckpointRun[], CheckpointPointer[], int?>> Scenes() =>
    [
        Scene("No_policy", [Run(Unit("a", 1, 1), Unit("a", 2, 2, isComplete: false), Unit("a", 3, 3))], [], null),
        Scene("Keep_one", [Run(Unit("a", 1, 1), Unit("a", 2, 2), Unit("a", 3, 3))], [], 1),
        Scene("Keep_more_than_there_are", [Run(Unit("a", 1, 1), Unit("a", 2, 2))], [], 5),
        Scene("Truncated_newest", [Run(Unit("a", 1, 1), Unit("a", 2, 2), Unit("a", 3, 3, isComplete: false))], [], 1),
        Scene("Broken_between", [Run(Unit("a", 1, 1), Unit("a", 2, 2, isComplete: false), Unit("a", 3, 3), Unit("a", 4, 4))], [], 2),
        Scene("Nothing_complete", [Run(Unit("a", 1, 1, isComplete: false), Unit("a", 2, 2, isComplete: false))], [], 1),
        Scene("Best_and_link", [Run(Unit("a", 1, 1), Unit("a", 2, 2), Unit("a", 3, 3))],
            [Pointer(PointerKind.Best, "a/checkpoint-3/trainer_state.json", "a/checkpoint-1"), Pointer(PointerKind.Link, "release", "a/checkpoint-2")], 1),
        Scene("Dead_best", [Run(Unit("a", 1, 1), Unit("a", 2, 2))], [Pointer(PointerKind.Best, "a/checkpoint-2/trainer_state.json")], 1),
        Scene("Two_runs", [Run(Unit("a", 1, 1), Unit("a", 2, 2)), Run(Unit("b", 100, 500), Unit("b", 200, 600))], [], 1),
        Scene("Restart", [Run(Unit("a", 800, 1), Unit("a", 900, 2), Unit("a", 1000, 3), Unit("a", 100, 50), Unit("a", 200, 51))], [], 2),
        Scene("Restart_being_written", [Run(Unit("a", 900, 2), Unit("a", 1000, 3), Unit("a", 100, 50, isComplete: false))], [], 1),
        Scene("Equal_times", [Run(Unit("a", 3, 5), Unit("a", 20, 5), Unit("a", 100, 5))], [], 1),
        Scene("Untouchable", [Run(Unit("a", 1, 1, untouchable: "it is reached through a symbolic link, or holds one"), Unit("a", 2, 2))], [], 1),
    ];

    [TestCaseSource(nameof(Scenes))]
    public void Decisions(CheckpointRun[] runs, CheckpointPointer[] pointers, int? keepLast)
    {
        var decisions = RetentionEvaluator.Evaluate(runs, pointers, new RetentionPolicy { KeepLast = keepLast }, Now);

        Golden.Verify(
            string.Concat(decisions.Select(static d => $"{d.Unit.Path} ({d.Unit.State}): {(d.Keep ? "keep" : "remove")}, {d.Why}\n")),
            TestContext.CurrentContext.Test.Name);
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void KeepLast_below_one_is_no_setting(int keepLast)
    {
        var error = Assert.Throws<TrainctlException>(() => RetentionEvaluator.Evaluate([], [], new RetentionPolicy { KeepLast = keepLast }, Now))!;

        Assert.That((error.Error, error.Message), Is.EqualTo((TrainctlError.InvalidSetting, $"KeepLast is {keepLast}; it must be 1 or more, or not set to keep everything.")));
    }

    private static TestCaseData<CheckpointRun[], CheckpointPointer[], int?> Scene(
        string name, CheckpointRun[] runs, CheckpointPointer[] pointers, int? keepLast) => new(runs, pointers, keepLast) { TestName = name };
}
