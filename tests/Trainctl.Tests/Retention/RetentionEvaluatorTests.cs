using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

public sealed class RetentionEvaluatorTests
{
    private static readonly CheckpointRun[] Protected =
    [
        Run(
            Unit("a", 1, 1), Unit("a", 2, 2), Unit("a", 3, 3), Unit("a", 4, 4).Pinned(), Unit("a", 5, 5, untouchable: "it could not be read"),
            Unit("a", 6, 6), Unit("a", 7, 7, isComplete: false)),
    ];

    private static readonly CheckpointPointer[] Pointers =
    [
        Pointer(PointerKind.Best, "a/checkpoint-6/trainer_state.json", "a/checkpoint-1"),
        Pointer(PointerKind.Last, "a/last.ckpt", "a/checkpoint-2"),
        Pointer(PointerKind.Link, "release", "a/checkpoint-1", "a/checkpoint-3"),
    ];

    private static IEnumerable<TestCaseData<CheckpointRun[], CheckpointPointer[], RetentionPolicy>> Scenes() =>
    [
        Scene("No_policy", [Run(Unit("a", 1, 1), Unit("a", 2, 2, isComplete: false), Unit("a", 3, 3))], [], new RetentionPolicy()),
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
        Scene("Pinned", [Run(Unit("a", 1, 1).Pinned(), Unit("a", 2, 2, isComplete: false).Pinned(), Unit("a", 3, 3), Unit("a", 4, 4))], [], 1),
        Scene("Restart_without_KeepLast", [Run(Unit("a", 800, 1), Unit("a", 900, 2), Unit("a", 1000, 3), Unit("a", 100, 50), Unit("a", 200, 51))], [],
            new RetentionPolicy { KeepSteps = [800] }),
        Scene("Minimum_age", [Run(Unit("a", 1, 980), Unit("a", 2, 990), Unit("a", 3, 995, isComplete: false), Unit("a", 4, 999))], [],
            new RetentionPolicy { KeepLast = 1, MinAge = TimeSpan.FromHours(12) }),
        Scene("Nothing_overridden", Protected, Pointers, 1),
        Scene("Newest_overridden", Protected, Pointers, new RetentionPolicy { KeepSteps = [2], AllowRemovingNewest = true }),
        Scene("Pointer_targets_overridden", Protected, Pointers, new RetentionPolicy { KeepLast = 1, AllowRemovingPointerTargets = true }),
        Scene("Best_overridden", Protected, Pointers, new RetentionPolicy { KeepLast = 1, AllowRemovingBest = true }),
        Scene("In_flight_overridden", Protected, Pointers, new RetentionPolicy { KeepLast = 1, AllowRemovingInFlight = true }),
        Scene("All_overridden", Protected, Pointers, new RetentionPolicy
        {
            KeepSteps = [99], AllowRemovingNewest = true, AllowRemovingPointerTargets = true, AllowRemovingBest = true, AllowRemovingInFlight = true,
        }),
    ];

    [TestCaseSource(nameof(Scenes))]
    public void Decisions(CheckpointRun[] runs, CheckpointPointer[] pointers, RetentionPolicy policy) =>
        Golden.Verify(Text(RetentionEvaluator.Evaluate(runs, pointers, policy, Now)), TestContext.CurrentContext.Test.Name);

    private static TestCaseData<CheckpointRun[], CheckpointPointer[], RetentionPolicy> Scene(
        string name, CheckpointRun[] runs, CheckpointPointer[] pointers, int? keepLast) => Scene(name, runs, pointers, new RetentionPolicy { KeepLast = keepLast });

    private static TestCaseData<CheckpointRun[], CheckpointPointer[], RetentionPolicy> Scene(
        string name, CheckpointRun[] runs, CheckpointPointer[] pointers, RetentionPolicy policy) => new(runs, pointers, policy) { TestName = name };
}
