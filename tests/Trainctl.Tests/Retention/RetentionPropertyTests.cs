using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

/// <summary>What holds for whatever is there.</summary>
public sealed class RetentionPropertyTests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(500);

    /// <summary>Up to three runs of steps, times and states in any combination, with pointers to some of them.</summary>
    private static readonly Arbitrary<Scene> Scenes = (
        from runs in Gen.Choose(1, 3).SelectMany(static n => Gen.CollectToArray(Enumerable.Range(0, n), static i => RunGen($"run{i}")))
        from pointed in Gen.SubListOf(runs.SelectMany(static r => r.Units).Select(static u => u.Path).ToArray())
        from keepLast in Gen.Choose(1, 6)
        select new Scene([.. runs], [.. pointed.Select(static p => Pointer(PointerKind.Best, "state", p))], keepLast)).ToArbitrary();

    [Test]
    public void Every_checkpoint_gets_one_decision_with_a_reason() => Holds(static (scene, decisions) =>
        decisions.Select(static d => d.Unit.Path).SequenceEqual(scene.Runs.SelectMany(static r => r.Units).Select(static u => u.Path))
        && decisions.All(static d => d.Why.Length > 0 && d.Keep == d.RemovalReason is null));

    [Test]
    public void The_newest_complete_by_step_and_by_time_stay() => Holds(static (scene, decisions) => scene.Runs.All(run =>
    {
        var complete = run.Units.Where(static u => u.State == CheckpointState.Complete).ToArray();
        return complete.Length == 0
            || (IsKept(decisions, run.NewestComplete!) && IsKept(decisions, complete.MaxBy(static u => u.Step)!)
                && (run.Ordering == CheckpointOrdering.Step || complete.Any(u => u.ModifiedAt == complete.Max(static c => c.ModifiedAt) && IsKept(decisions, u))));
    }));

    [Test]
    public void Pointer_targets_stay() => Holds(static (scene, decisions) =>
        scene.Pointers.SelectMany(static p => p.Targets).All(path => decisions.Single(d => d.Unit.Path == path).Keep));

    [Test]
    public void At_least_the_wanted_number_of_complete_ones_stay_in_each_run() => Holds(static (scene, decisions) => scene.Runs.All(run =>
        decisions.Count(d => d.Unit.Run == run.Name && d.Unit.State == CheckpointState.Complete && d.Keep)
            >= Math.Min(scene.KeepLast, run.Units.Count(static u => u.State == CheckpointState.Complete))));

    [Test]
    public void Nothing_incomplete_goes_unless_a_newer_one_is_complete() => Holds(static (scene, decisions) => decisions
        .Where(static d => !d.Keep && d.Unit.State != CheckpointState.Complete)
        .All(d => scene.Runs.Single(r => r.Name == d.Unit.Run).NewestComplete is { } newest && !RunOrder.MayBeNewer(d.Unit, newest)));

    [Test]
    public void No_run_matters_to_another() => Holds(static (scene, decisions) => scene.Runs.All(run =>
        Evaluate([run], scene.Pointers, scene.KeepLast).Select(static d => (d.Unit.Path, d.Keep))
            .SequenceEqual(decisions.Where(d => d.Unit.Run == run.Name).Select(static d => (d.Unit.Path, d.Keep)))));

    [Test]
    public void A_larger_number_keeps_all_that_a_smaller_one_keeps() => Holds(static (scene, decisions) =>
        decisions.Zip(Evaluate(scene.Runs, scene.Pointers, scene.KeepLast + 1)).All(static pair => !pair.First.Keep || pair.Second.Keep));

    [Test]
    public void Without_a_policy_everything_stays() => Holds(static (scene, _) =>
        Evaluate(scene.Runs, scene.Pointers, null).All(static d => d.KeepReasons.Single().Rule == KeepRule.NoPolicy));

    private static void Holds(Func<Scene, IReadOnlyList<RetentionDecision>, bool> property) =>
        Check.One(Settings, Prop.ForAll(Scenes, scene => property(scene, Evaluate(scene.Runs, scene.Pointers, scene.KeepLast))));

    private static IReadOnlyList<RetentionDecision> Evaluate(CheckpointRun[] runs, CheckpointPointer[] pointers, int? keepLast) =>
        RetentionEvaluator.Evaluate(runs, pointers, new RetentionPolicy { KeepLast = keepLast }, Now);

    private static bool IsKept(IReadOnlyList<RetentionDecision> decisions, CheckpointUnit unit) => decisions.Single(d => d.Unit.Path == unit.Path).Keep;

    private static Gen<CheckpointRun> RunGen(string name) =>
        from steps in Gen.NonEmptyListOf(Gen.Choose(1, 12))
        from units in Gen.CollectToArray(steps.Distinct(), step => UnitGen(name, step))
        select Run(units);

    private static Gen<CheckpointUnit> UnitGen(string run, int step) =>
        from isScrambled in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from hour in Gen.Choose(1, 12)
        from isComplete in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        select Unit(run, step, isScrambled ? hour : step, isComplete);

    private sealed record Scene(CheckpointRun[] Runs, CheckpointPointer[] Pointers, int KeepLast)
    {
        public override string ToString() =>
            $"KeepLast {KeepLast}; pointers {string.Join(' ', Pointers.SelectMany(static p => p.Targets))}; "
            + string.Join(", ", Runs.SelectMany(static r => r.Units).Select(static u => $"{u.Path} at {u.ModifiedAt:d HH}h {u.State}"));
    }
}
