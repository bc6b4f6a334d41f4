using Trainctl.Retention.Evaluation;
using Trainctl.Retention.Rules;

namespace Trainctl.Retention;

/// <summary>
/// Which checkpoints to keep. Every rule (<c>Keep…</c>) that is set keeps something; limits (<c>Max…</c>) take away from that; what nothing keeps is removed.
/// Rules look at each run alone, and count complete checkpoints only. Protections hold whatever the policy says, unless their own <c>Allow…</c> lifts them.
/// A policy without rules and limits keeps everything. Explained for users in <c>docs/retention.md</c>.
/// </summary>
public sealed record RetentionPolicy
{
    /// <summary>Keeps this many of the newest complete checkpoints of each run. At least 1. Null: no such rule.</summary>
    public int? KeepLast { get; init; }

    /// <summary>
    /// Keeps exactly this many of the best complete checkpoints of each run by <see cref="Metric"/>; of equal ones the newest. At least 1. Null: no such rule.
    /// </summary>
    public int? KeepBest { get; init; }

    /// <summary>The metric of <see cref="KeepBest"/>, as its framework wrote it, for example <c>eval_loss</c>. Null: none.</summary>
    public string? Metric { get; init; }

    /// <summary>Which values of <see cref="Metric"/> are better. Null: what the name says, where it leaves no doubt; otherwise an error asks for it.</summary>
    public MetricMode? MetricMode { get; init; }

    /// <summary>Ranks complete checkpoints without <see cref="Metric"/> worst. Default false: one of them stops the prune, as it might be the best.</summary>
    public bool AllowMissingMetric { get; init; }

    /// <summary>Keeps complete checkpoints whose step this number divides. At least 1. Null: no such rule.</summary>
    public long? KeepEverySteps { get; init; }

    /// <summary>Keeps complete checkpoints of these steps. Each at least 0. Empty: no such rule.</summary>
    public IReadOnlyList<long> KeepSteps { get; init; } = [];

    /// <summary>Keeps complete checkpoints that were saved within this time before now. More than 0. Null: no such rule.</summary>
    public TimeSpan? KeepWithin { get; init; }

    /// <summary>Keeps the newest complete checkpoint of each of the last so many hours that have one, in UTC. At least 1. Null: no such rule.</summary>
    public int? KeepHourly { get; init; }

    /// <summary>Keeps the newest complete checkpoint of each of the last so many days that have one, in UTC. At least 1. Null: no such rule.</summary>
    public int? KeepDaily { get; init; }

    /// <summary>Keeps the newest complete checkpoint of each of the last so many ISO weeks that have one, in UTC. At least 1. Null: no such rule.</summary>
    public int? KeepWeekly { get; init; }

    /// <summary>Keeps checkpoints whose path matches one of these globs, complete or not. Empty: no such rule.</summary>
    public IReadOnlyList<string> KeepPaths { get; init; } = [];

    /// <summary>
    /// Removes complete checkpoints that are older, although a rule about number or age keeps them. More than 0. Null: no limit. No limit removes what
    /// <see cref="KeepBest"/>, <see cref="KeepSteps"/>, <see cref="KeepPaths"/>, a pin or a protection holds.
    /// </summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>
    /// Removes the oldest complete checkpoints of each run until the rest needs no more than this, in bytes. At least 1. Null: no limit.
    /// It spares what <see cref="MaxAge"/> spares, so a run may stay over it: see <see cref="RetentionEvaluator.OverBudget"/>.
    /// </summary>
    public long? MaxTotalSize { get; init; }

    /// <summary>Never removes what is younger. Default 0: no such protection.</summary>
    public TimeSpan MinAge { get; init; }

    /// <summary>Lifts the protection of the newest complete checkpoint of each run, and of the newest step that several have together. Default false.</summary>
    public bool AllowRemovingNewest { get; init; }

    /// <summary>Lifts the protection of what a pointer file or a link leads to. The pointer will dangle. Default false.</summary>
    public bool AllowRemovingPointerTargets { get; init; }

    /// <summary>Lifts the protection of what a run itself recorded as its best. Default false.</summary>
    public bool AllowRemovingBest { get; init; }

    /// <summary>Lifts the protection of incomplete checkpoints that somebody may still be writing. Default false.</summary>
    public bool AllowRemovingInFlight { get; init; }

    /// <summary>Whether neither a rule nor a limit is set.</summary>
    public bool IsEmpty => !HasRule && MaxAge is null && MaxTotalSize is null;

    /// <summary>Fails when a value makes no sense.</summary>
    /// <exception cref="Diagnostics.TrainctlException">
    /// With <see cref="Diagnostics.TrainctlError.InvalidSetting"/>, naming the setting and its valid values.
    /// </exception>
    public void Validate() => PolicyValidation.Validate(this);

    private bool HasRule => (KeepLast ?? KeepBest ?? KeepEverySteps ?? KeepHourly ?? KeepDaily ?? KeepWeekly) is not null
        || KeepWithin is not null || KeepSteps.Count > 0 || KeepPaths.Count > 0;

    internal IEnumerable<IRetentionRule> Rules()
    {
        if (KeepLast is { } last)
            yield return new KeepLastRule(last);
        if (KeepBest is { } best)
            yield return new KeepBestRule(best, Metric ?? "", MetricMode ?? MetricName.Mode(Metric ?? "") ?? default);
        if (KeepEverySteps is { } interval)
            yield return new KeepEveryStepsRule(interval);
        if (KeepSteps.Count > 0)
            yield return new KeepStepsRule(KeepSteps);
        if (KeepWithin is { } age)
            yield return new KeepWithinRule(age);
        if (KeepHourly is { } hours)
            yield return new KeepPeriodsRule(KeepRule.KeepHourly, hours);
        if (KeepDaily is { } days)
            yield return new KeepPeriodsRule(KeepRule.KeepDaily, days);
        if (KeepWeekly is { } weeks)
            yield return new KeepPeriodsRule(KeepRule.KeepWeekly, weeks);
        if (KeepPaths.Count > 0)
            yield return new KeepPathsRule(KeepPaths);
    }
}
