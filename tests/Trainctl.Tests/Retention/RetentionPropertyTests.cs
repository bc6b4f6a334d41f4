using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention;

/// <summary>What holds for whatever is there, under any policy.</summary>
public sealed class RetentionPropertyTests
{
    private static readonly Config Settings = PropertySearch.Of(200);

    [Test]
    public void Every_checkpoint_gets_one_decision_with_a_reason() => Holds(static (scene, decisions) =>
        decisions.Select(static d => d.Unit.Path).SequenceEqual(scene.Runs.SelectMany(static r => r.Units).Select(static u => u.Path))
        && decisions.All(static d => d.Why.Length > 0 && d.Keep == d.RemovalReason is null && d.KeepReasons.All(static r => r.Text.Length > 0)));

    [Test]
    public void The_newest_complete_by_step_and_by_time_stay() => Holds(static (scene, decisions) => scene.Policy.AllowRemovingNewest || scene.Runs.All(run =>
    {
        var complete = run.Units.Where(static u => u.State == CheckpointState.Complete).ToArray();
        return complete.Length == 0
            || (IsKept(decisions, run.NewestComplete!) && IsKept(decisions, complete.MaxBy(static u => u.Step)!)
                && (run.Ordering == CheckpointOrdering.Step || complete.Any(u => u.ModifiedAt == complete.Max(static c => c.ModifiedAt) && IsKept(decisions, u))));
    }));

    [Test]
    public void Pointer_targets_stay() => Holds(static (scene, decisions) => scene.Pointers
        .Where(p => p.Kind == PointerKind.Best ? !scene.Policy.AllowRemovingBest : !scene.Policy.AllowRemovingPointerTargets)
        .SelectMany(static p => p.Targets).All(path => decisions.Single(d => d.Unit.Path == path).Keep));

    [Test]
    public void What_is_pinned_or_untouchable_stays() => Holds(static (_, decisions) =>
        decisions.All(static d => d.Keep || (d.Unit.Pin is null && d.Unit.Untouchable is null)));

    [Test]
    public void What_is_in_flight_stays() => Holds(static (scene, decisions) =>
        scene.Policy.AllowRemovingInFlight || decisions.All(static d => d.Keep || d.Unit.State != CheckpointState.InFlight));

    [Test]
    public void Nothing_incomplete_goes_unless_a_newer_one_is_complete() => Holds(static (scene, decisions) => scene.Policy.AllowRemovingInFlight || decisions
        .Where(static d => !d.Keep && d.Unit.State != CheckpointState.Complete)
        .All(d => scene.Runs.Single(r => r.Name == d.Unit.Run).NewestComplete is { } newest && !RunOrder.MayBeNewer(d.Unit, newest)));

    [Test]
    public void What_is_younger_than_the_minimum_age_stays() => Holds(static (scene, decisions) =>
        decisions.All(d => d.Keep || scene.Policy.MinAge == TimeSpan.Zero || RetentionGen.Time - d.Unit.ModifiedAt >= scene.Policy.MinAge));

    [Test]
    public void A_lifted_protection_shows_in_the_reason() => Holds(static (scene, decisions) => !scene.Policy.AllowRemovingNewest || scene.Runs.All(run =>
        run.NewestComplete is not { } newest || decisions.Single(d => d.Unit.Path == newest.Path) is not { Keep: false } removed
        || removed.Why.EndsWith("newest complete, which AllowRemovingNewest overrides", StringComparison.Ordinal)
        || removed.Why.Contains("newest complete, which AllowRemovingNewest overrides;", StringComparison.Ordinal)));

    [Test]
    public void No_run_matters_to_another() => Holds(static (scene, decisions) => scene.Runs.All(run =>
        Evaluate([run], scene.Pointers, scene.Policy).Select(static d => (d.Unit.Path, d.Why))
            .SequenceEqual(decisions.Where(d => d.Unit.Run == run.Name).Select(static d => (d.Unit.Path, d.Why)))));

    [Test]
    public void The_order_of_what_is_given_does_not_matter() => Holds(static (scene, decisions) =>
    {
        var turned = Evaluate([.. scene.Units.Reverse().Select(static u => RetentionScene.Run([.. u.Reverse()]))], [.. scene.Pointers.Reverse()], scene.Policy);
        return turned.ToDictionary(static d => d.Unit.Path, static d => d.Why).OrderBy(static p => p.Key, StringComparer.Ordinal)
            .SequenceEqual(decisions.ToDictionary(static d => d.Unit.Path, static d => d.Why).OrderBy(static p => p.Key, StringComparer.Ordinal));
    });

    [Test]
    public void Without_a_policy_everything_stays() => Holds(static (scene, _) =>
        Evaluate(scene.Runs, scene.Pointers, new RetentionPolicy()).All(static d => d.KeepReasons.Single().Rule == KeepRule.NoPolicy));

    private static void Holds(Func<RandomScene, IReadOnlyList<RetentionDecision>, bool> property) =>
        Check.One(Settings, Prop.ForAll(RetentionGen.Scenes.ToArbitrary(), scene => property(scene, Evaluate(scene.Runs, scene.Pointers, scene.Policy))));

    private static IReadOnlyList<RetentionDecision> Evaluate(CheckpointRun[] runs, CheckpointPointer[] pointers, RetentionPolicy policy) =>
        RetentionEvaluator.Evaluate(runs, pointers, policy, RetentionGen.Time);

    private static bool IsKept(IReadOnlyList<RetentionDecision> decisions, CheckpointUnit unit) => decisions.Single(d => d.Unit.Path == unit.Path).Keep;
}
