using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention;

/// <summary>What holds between rules, and between rules and limits, for whatever is there.</summary>
public sealed class RetentionRulePropertyTests
{
    private static readonly Config Settings = PropertySearch.Of(200);

    /// <summary>Each rule and how a policy comes to have it.</summary>
    private static readonly (KeepRule Rule, Func<RetentionPolicy, RetentionPolicy, RetentionPolicy> Copy)[] Rules =
    [
        (KeepRule.KeepLast, static (to, from) => to with { KeepLast = from.KeepLast }),
        (KeepRule.KeepBest, static (to, from) => to with { KeepBest = from.KeepBest, Metric = from.Metric, MetricMode = from.MetricMode }),
        (KeepRule.KeepEverySteps, static (to, from) => to with { KeepEverySteps = from.KeepEverySteps }),
        (KeepRule.KeepSteps, static (to, from) => to with { KeepSteps = from.KeepSteps }),
        (KeepRule.KeepWithin, static (to, from) => to with { KeepWithin = from.KeepWithin }),
        (KeepRule.KeepHourly, static (to, from) => to with { KeepHourly = from.KeepHourly }),
        (KeepRule.KeepDaily, static (to, from) => to with { KeepDaily = from.KeepDaily }),
        (KeepRule.KeepWeekly, static (to, from) => to with { KeepWeekly = from.KeepWeekly }),
        (KeepRule.KeepPaths, static (to, from) => to with { KeepPaths = from.KeepPaths }),
    ];

    private static readonly KeepRule[] NotLimited = [KeepRule.KeepBest, KeepRule.KeepSteps, KeepRule.KeepPaths];

    [Test]
    public void A_keep_names_every_rule_that_keeps_it() => Holds(static scene =>
    {
        var policy = scene.Policy with { MaxAge = null, MaxTotalSize = null };
        var together = Evaluate(scene, policy);
        return Rules.All(rule =>
        {
            var alone = Evaluate(scene, rule.Copy(new RetentionPolicy { AllowMissingMetric = true }, policy));
            return together.Zip(alone).All(pair => Texts(pair.First, rule.Rule).SequenceEqual(Texts(pair.Second, rule.Rule)));
        });
    });

    /// <summary>Under a size limit, what one rule adds can take another's room, so that is left out here.</summary>
    [Test]
    public void Another_rule_never_removes_more() => Holds(static scene =>
    {
        var policy = scene.Policy with { MaxTotalSize = null };
        return Rules.All(rule =>
        {
            var fewer = rule.Copy(policy, new RetentionPolicy());
            return !fewer.Rules().Any() || Evaluate(scene, fewer).Zip(Evaluate(scene, policy)).All(static pair => !pair.First.Keep || pair.Second.Keep);
        });
    });

    [Test]
    public void Larger_numbers_keep_all_that_smaller_ones_keep() => Holds(static scene =>
    {
        var policy = scene.Policy with { MaxTotalSize = null };
        var larger = policy with
        {
            KeepLast = policy.KeepLast + 1,
            KeepBest = policy.KeepBest + 1,
            KeepWithin = policy.KeepWithin + TimeSpan.FromHours(7),
            KeepHourly = policy.KeepHourly + 1,
            KeepDaily = policy.KeepDaily + 1,
            KeepWeekly = policy.KeepWeekly + 1,
        };
        return Evaluate(scene, policy).Zip(Evaluate(scene, larger)).All(static pair => !pair.First.Keep || pair.Second.Keep);
    });

    [Test]
    public void Limits_spare_the_best_and_what_is_named_or_pinned() => Holds(static scene =>
    {
        var without = Evaluate(scene, scene.Policy with { MaxAge = null, MaxTotalSize = null });
        return without.Zip(Evaluate(scene, scene.Policy)).All(static pair =>
            pair.Second.Keep || (pair.First.Unit.Pin is null && !pair.First.KeepReasons.Any(static r => NotLimited.Contains(r.Rule))));
    });

    [Test]
    public void Limits_only_take_away() => Holds(static scene =>
    {
        var without = Evaluate(scene, scene.Policy with { MaxAge = null, MaxTotalSize = null });
        return without.Zip(Evaluate(scene, scene.Policy)).All(static pair => pair.First.Keep || !pair.Second.Keep || pair.Second.KeepReasons.All(static r => r.Rule == KeepRule.WithinLimits));
    });

    [Test]
    public void A_run_fits_or_the_excess_is_told_and_must_stay() => Holds(static scene =>
    {
        if (scene.Policy.MaxTotalSize is not { } size)
            return true;
        var decisions = Evaluate(scene, scene.Policy);
        var over = RetentionEvaluator.OverBudget(decisions, scene.Policy).ToDictionary(static b => b.Run, static b => b.BytesOver);
        return scene.Runs.All(run =>
        {
            var kept = decisions.Where(d => d.Unit.Run == run.Name && d.Keep && d.Unit.State == CheckpointState.Complete).ToArray();
            var excess = kept.Sum(static d => d.Unit.Bytes) - size;
            return over.GetValueOrDefault(run.Name) == Math.Max(0, excess)
                && (excess <= 0 || kept.All(static d => !d.KeepReasons.Any(static r => r.Rule is KeepRule.KeepLast or KeepRule.WithinLimits or KeepRule.KeepWithin)));
        });
    });

    [Test]
    public void What_is_kept_beyond_the_age_limit_is_named_best_or_protected() => Holds(static scene => Evaluate(scene, scene.Policy)
        .Where(d => d.Keep && !scene.Runs.Single(r => r.Name == d.Unit.Run).StepsContradictTimes && RetentionGen.Time - d.Unit.ModifiedAt > scene.Policy.MaxAge)
        .All(static d => d.KeepReasons.All(static r => r.Rule is not (KeepRule.KeepLast or KeepRule.KeepEverySteps or KeepRule.KeepWithin or KeepRule.KeepHourly
            or KeepRule.KeepDaily or KeepRule.KeepWeekly or KeepRule.WithinLimits)) || d.Unit.State != CheckpointState.Complete));

    [Test]
    public void The_best_are_as_many_as_asked_and_none_is_better() => Holds(static scene =>
    {
        if (scene.Policy is not { KeepBest: { } count, MetricMode: { } mode })
            return true;
        var decisions = Evaluate(scene, scene.Policy);
        return scene.Runs.All(run =>
        {
            var complete = decisions.Where(d => d.Unit.Run == run.Name && d.Unit.State == CheckpointState.Complete).ToLookup(static d => Texts(d, KeepRule.KeepBest).Any());
            return complete[true].Count() == Math.Min(count, complete.Sum(static g => g.Count()))
                && complete[true].All(best => complete[false].All(other => Badness(best.Unit, mode) <= Badness(other.Unit, mode)));
        });
    });

    private static double Badness(CheckpointUnit unit, MetricMode mode) =>
        unit.Metrics.TryGetValue("loss", out var loss) ? mode == MetricMode.Min ? loss : -loss : double.PositiveInfinity;

    private static IEnumerable<string> Texts(RetentionDecision decision, KeepRule rule) => decision.KeepReasons.Where(r => r.Rule == rule).Select(static r => r.Text);

    private static void Holds(Func<RandomScene, bool> property) => Check.One(Settings, Prop.ForAll(RetentionGen.Scenes.ToArbitrary(), property));

    private static IReadOnlyList<RetentionDecision> Evaluate(RandomScene scene, RetentionPolicy policy) =>
        RetentionEvaluator.Evaluate(scene.Runs, scene.Pointers, policy, RetentionGen.Time);
}
