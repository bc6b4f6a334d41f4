using Trainctl.Checkpoints;

namespace Trainctl.Retention;

/// <summary>
/// Decides about each checkpoint, from what is there, the policy and the time. Pure. Protections hold whatever the policy says:
/// the newest complete checkpoint of each run, what a pointer names, and what somebody may still be writing.
/// </summary>
public static class RetentionEvaluator
{
    /// <summary>One decision for each checkpoint: run by run, oldest first.</summary>
    /// <param name="runs">As a <see cref="CheckpointCatalog"/> has them.</param>
    /// <param name="pointers">Everything that names a checkpoint.</param>
    /// <param name="policy">What to keep.</param>
    /// <param name="now">The time to measure ages by.</param>
    /// <exception cref="Diagnostics.TrainctlException">The policy has a value that makes no sense.</exception>
    public static IReadOnlyList<RetentionDecision> Evaluate(
        IReadOnlyList<CheckpointRun> runs, IReadOnlyList<CheckpointPointer> pointers, RetentionPolicy policy, DateTimeOffset now)
    {
        policy.Validate();
        var targets = pointers.SelectMany(static p => p.Targets, static (pointer, path) => (path, pointer)).ToLookup(static t => t.path, static t => t.pointer);
        return [.. runs.SelectMany(run => Evaluate(run, targets, policy, now))];
    }

    private static IEnumerable<RetentionDecision> Evaluate(
        CheckpointRun run, ILookup<string, CheckpointPointer> targets, RetentionPolicy policy, DateTimeOffset now)
    {
        var complete = run.Units.Where(static u => u.State == CheckpointState.Complete).Reverse().ToArray();
        var byRules = policy.Rules().SelectMany(rule => rule.Keep(run, complete, now)).ToLookup(static k => k.Unit, static k => k.Reason);
        foreach (var unit in run.Units)
        {
            KeepReason[] reasons = policy.IsEmpty
                ? [new KeepReason(KeepRule.NoPolicy, "no rule is set, so everything is kept")]
                : [.. byRules[unit], .. Protections(run, unit, targets)];
            yield return new RetentionDecision
            {
                Unit = unit,
                KeepReasons = reasons,
                RemovalReason = reasons.Length > 0 ? null : unit.State == CheckpointState.Complete ? "no rule keeps it" : $"incomplete: {unit.StateReason}",
            };
        }
    }

    private static IEnumerable<KeepReason> Protections(CheckpointRun run, CheckpointUnit unit, ILookup<string, CheckpointPointer> targets)
    {
        var newest = run.NewestComplete;
        if (unit == newest)
            yield return new KeepReason(KeepRule.NewestComplete, "newest complete");
        foreach (var pointer in targets[unit.Path].DistinctBy(static p => (p.Kind, p.Key)))
            yield return new KeepReason(KeepRule.PointerTarget, Describe(pointer));
        if (unit.State != CheckpointState.Complete && (unit.State == CheckpointState.InFlight || newest is null))
            yield return new KeepReason(KeepRule.InFlight, $"{unit.StateReason}; nothing newer is complete, so it may still be written");
        if (unit.Untouchable is not null)
            yield return new KeepReason(KeepRule.Untouchable, unit.Untouchable);
    }

    private static string Describe(CheckpointPointer pointer) => pointer.Kind switch
    {
        PointerKind.Best => $"best, says {pointer.Key}",
        PointerKind.Last => $"{pointer.Key} leads to it",
        PointerKind.Listed => $"{pointer.Key} lists it",
        _ => $"the link {pointer.Key} leads to it",
    };
}
