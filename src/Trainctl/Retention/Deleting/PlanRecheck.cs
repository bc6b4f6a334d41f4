using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention.Planning;
using Trainctl.Storage;

namespace Trainctl.Retention.Deleting;

/// <summary>
/// Holds a plan against what is there by now. What has become the newest complete checkpoint, a pointer's target, or is kept by any rule or protection
/// since, is not removed. The plan never removes more than it says.
/// </summary>
internal static class PlanRecheck
{
    public static async Task<IReadOnlyList<PruneWork>> CheckAsync(
        PrunePlan plan, CheckpointCatalog catalog, IObjectStore store, IObjectReader? uploads, CancellationToken cancellationToken)
    {
        var decisions = RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, plan.Policy, plan.MadeAt);
        var planned = plan.Units.ToDictionary(static u => (u.Layout, u.Path));
        decisions = [.. decisions.Select(d => planned.TryGetValue((d.Unit.Layout, d.Unit.Path), out var unit) && IsRemains(plan, catalog, unit, d)
            ? d with { KeepReasons = [], RemovalReason = string.Join("; ", unit.Reasons) }
            : d)];
        if (uploads is not null)
            decisions = await new UploadProof(store, uploads).ProtectAsync(decisions, cancellationToken).ConfigureAwait(false);
        var now = decisions.ToDictionary(static d => (d.Unit.Layout, d.Unit.Path));
        var claimed = catalog.Units.SelectMany(static u => u.Objects, static (unit, found) => (found.Key, unit.Path))
            .Concat(catalog.Pointers.Where(static p => p.Stored is not null).Select(static p => (p.Key, Path: p.Key)))
            .ToLookup(static c => c.Key, static c => c.Path, StringComparer.Ordinal);
        var work = new List<PruneWork>();
        foreach (var unit in plan.Units)
        {
            var fresh = now.GetValueOrDefault((unit.Layout, unit.Path));
            if (unit.Decision == PlannedDecision.Remove)
                work.Add(new PruneWork(DecisionOf(unit), unit, Refusal(store, unit, fresh, claimed)));
            else if (fresh is not null)
                work.Add(new PruneWork(fresh.Keep ? fresh : Kept(fresh, "the plan keeps it"), null, null));
        }

        work.AddRange(decisions.Where(d => !planned.ContainsKey((d.Unit.Layout, d.Unit.Path)))
            .Select(static d => new PruneWork(d.Keep ? d : Kept(d, "not in the plan"), null, null)));
        return work;
    }

    /// <summary>
    /// Whether a checkpoint only seems to be in the making, because an earlier application of the plan began to remove it: what was the newest complete
    /// one is so still, or a newer one has come. That none of its objects has changed is looked at later.
    /// </summary>
    private static bool IsRemains(PrunePlan plan, CheckpointCatalog catalog, PlannedUnit unit, RetentionDecision now)
    {
        if (unit.Decision != PlannedDecision.Remove || !now.Keep || now.KeepReasons.Any(static r => r.Rule != KeepRule.InFlight))
            return false;
        var newest = catalog.Runs.FirstOrDefault(r => r.Units.Any(u => u.Path == unit.Path && u.Layout == unit.Layout))?.NewestComplete;
        var before = plan.Units.LastOrDefault(u => u.Run == unit.Run && u.Layout == unit.Layout && u.State == CheckpointState.Complete);
        return newest is not null && (newest.Path == before?.Path || plan.Units.All(u => u.Path != newest.Path));
    }

    private static TrainctlException? Refusal(IObjectStore store, PlannedUnit unit, RetentionDecision? now, ILookup<string, string> claimed)
    {
        if (now is { Keep: true })
            return Drift(store, unit, $"is kept by now: {now.Why}");
        var other = unit.Objects.SelectMany(o => claimed[o.Key]).FirstOrDefault(path => path != unit.Path);
        return other is null ? null : Drift(store, unit, $"shares objects with {other} by now");
    }

    private static TrainctlException Drift(IObjectStore store, PlannedUnit unit, string what) =>
        new(TrainctlError.Drift, $"'{store.Root.Append(unit.Path)}' was to be removed, and {what}. It was kept; make the plan anew.", unit.Path);

    private static RetentionDecision Kept(RetentionDecision decision, string why) =>
        decision with { KeepReasons = [new KeepReason(KeepRule.NotPlanned, why)], RemovalReason = null };

    private static RetentionDecision DecisionOf(PlannedUnit unit)
    {
        var prefix = unit.IsFolder ? unit.Path + "/" : unit.Path[..(unit.Path.LastIndexOf('/') + 1)];
        return new RetentionDecision
        {
            Unit = new CheckpointUnit
            {
                Path = unit.Path,
                Layout = unit.Layout,
                Run = unit.Run,
                Step = unit.Step,
                Epoch = unit.Epoch,
                Objects = [.. unit.Objects.Select(static o => o.ToStored()).OrderBy(static o => o.Key, KeyOrder.Instance)],
                ModifiedAt = unit.ModifiedAt,
                State = unit.State,
                ManifestKey = unit.IsFolder ? prefix + Manifest.FileName : unit.Path + Manifest.FileName,
                KeyPrefix = prefix,
                IsFolder = unit.IsFolder,
            },
            RemovalReason = string.Join("; ", unit.Reasons),
        };
    }
}
