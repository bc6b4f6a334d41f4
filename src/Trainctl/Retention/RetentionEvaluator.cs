using Trainctl.Checkpoints;
using Trainctl.Retention.Evaluation;

namespace Trainctl.Retention;

/// <summary>
/// Decides about each checkpoint, from what is there, the policy and the time. Pure. Rules keep, limits take away from what they keep, and protections
/// hold against both: the newest complete checkpoint of each run and the newest step that several have together, what a pointer names, pins, and what
/// somebody may still be writing.
/// </summary>
public static class RetentionEvaluator
{
    /// <summary>One decision for each checkpoint: run by run, oldest first.</summary>
    /// <param name="runs">As a <see cref="CheckpointCatalog"/> has them.</param>
    /// <param name="pointers">Everything that names a checkpoint.</param>
    /// <param name="policy">What to keep.</param>
    /// <param name="now">The time to measure ages by.</param>
    /// <exception cref="Diagnostics.TrainctlException">
    /// The policy has a value that makes no sense (<see cref="Diagnostics.TrainctlError.InvalidSetting"/>), or ranks by a metric that a complete checkpoint
    /// does not have (<see cref="Diagnostics.TrainctlError.MissingMetric"/>).
    /// </exception>
    public static IReadOnlyList<RetentionDecision> Evaluate(
        IReadOnlyList<CheckpointRun> runs, IReadOnlyList<CheckpointPointer> pointers, RetentionPolicy policy, DateTimeOffset now)
    {
        policy.Validate();
        if (policy.IsEmpty)
            return [.. runs.SelectMany(static r => r.Units).Select(KeptWithoutPolicy)];
        if (policy is { KeepBest: not null, Metric: { } metric, AllowMissingMetric: false })
            MissingMetric.ThrowIfAny(runs, metric);
        var rules = policy.Rules().ToArray();
        var targets = pointers
            .SelectMany(static p => p.Targets, static (pointer, path) => (Path: path, Pointer: pointer))
            .DistinctBy(static t => (t.Path, t.Pointer.Kind, t.Pointer.Key))
            .OrderBy(static t => t.Pointer.Kind).ThenBy(static t => t.Pointer.Key, StringComparer.Ordinal)
            .ToLookup(static t => t.Path, static t => t.Pointer, StringComparer.Ordinal);
        var shared = SharedSteps.Of(runs);
        return [.. runs.Select(run => new RunView(run, now)).SelectMany(run => Decide(run, rules, new Protections(run, targets, shared, policy), policy))];
    }

    /// <summary>The runs that stay over <see cref="RetentionPolicy.MaxTotalSize"/>, because what remains is best, named, pinned or protected.</summary>
    /// <param name="decisions">As <see cref="Evaluate"/> made them.</param>
    /// <param name="policy">The policy that they follow.</param>
    public static IReadOnlyList<RunBudget> OverBudget(IReadOnlyList<RetentionDecision> decisions, RetentionPolicy policy) => policy.MaxTotalSize is not { } size
        ? []
        :
        [
            .. decisions
                .Where(static d => d.Keep && d.Unit.State == CheckpointState.Complete)
                .GroupBy(static d => (d.Unit.Run, d.Unit.Layout))
                .Select(run => new RunBudget(run.Key.Run, run.Key.Layout, run.Sum(static d => d.Unit.Bytes) - size))
                .Where(static b => b.BytesOver > 0),
        ];

    private static IEnumerable<RetentionDecision> Decide(
        RunView run, IRetentionRule[] rules, Protections protections, RetentionPolicy policy)
    {
        var verdicts = run.Run.Units.ToDictionary(static u => u, static u => new UnitVerdict(u), (IEqualityComparer<CheckpointUnit>)ReferenceEqualityComparer.Instance);
        foreach (var (unit, reason) in rules.SelectMany(rule => rule.Keep(run)))
            verdicts[unit].Keep(reason);
        if (rules.Length == 0)
        {
            foreach (var unit in run.Complete)
                verdicts[unit].Keep(new KeepReason(KeepRule.WithinLimits, "within the limits"));
        }

        foreach (var unit in run.Run.Units)
        {
            foreach (var protection in protections.Of(unit))
                verdicts[unit].Protect(protection);
        }

        RetentionLimits.Apply(policy, run, verdicts);
        foreach (var verdict in verdicts.Values.Where(static v => !v.IsKept))
        {
            if (protections.SharedStep(verdict.Unit) is { } protection)
                verdict.Protect(protection);
        }

        return run.Run.Units.Select(unit => verdicts[unit].Decide());
    }

    private static RetentionDecision KeptWithoutPolicy(CheckpointUnit unit) => new()
    {
        Unit = unit,
        KeepReasons = [new KeepReason(KeepRule.NoPolicy, "no rule is set, so everything is kept")],
    };
}
