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
        var planned = plan.Units.ToDictionary(static u => (u.Layout, u.Path));
        IReadOnlyList<CheckpointRun> runs = [.. catalog.Runs.Select(run => WithRemains(run, planned))];
        var decisions = RetentionEvaluator.Evaluate(runs, catalog.Pointers, plan.Policy, plan.MadeAt);
        if (uploads is not null)
            decisions = await new UploadProof(store, uploads).ProtectAsync(decisions, cancellationToken).ConfigureAwait(false);
        var now = decisions.ToDictionary(static d => (d.Unit.Layout, d.Unit.Path));
        var claimed = catalog.Units.SelectMany(static u => u.Objects, static (unit, found) => (found.Key, unit.Path))
            .ToLookup(static c => c.Key, static c => c.Path, StringComparer.Ordinal);
        var pointers = catalog.Pointers.Where(static p => p.Stored is not null).Select(static p => p.Key).ToHashSet(StringComparer.Ordinal);
        var work = new List<PruneWork>();
        foreach (var unit in plan.Units)
        {
            var fresh = now.GetValueOrDefault((unit.Layout, unit.Path));
            if (unit.Decision == PlannedDecision.Remove)
                work.Add(new PruneWork(DecisionOf(unit), unit, Refusal(store, unit, fresh, claimed, pointers)));
            else if (fresh is not null)
                work.Add(new PruneWork(fresh.Keep ? fresh : Kept(fresh, "the plan keeps it"), null, null));
        }

        work.AddRange(decisions.Where(d => !planned.ContainsKey((d.Unit.Layout, d.Unit.Path)))
            .Select(static d => new PruneWork(d.Keep ? d : Kept(d, "not in the plan"), null, null)));
        return work;
    }

    /// <summary>
    /// A checkpoint that an earlier application of the plan began to remove is no longer whole, whatever it looks like: without its manifest it may pass
    /// for a new one, saved when it was uploaded. When it was saved, the plan knows.
    /// </summary>
    private static CheckpointRun WithRemains(CheckpointRun run, Dictionary<(string Layout, string Path), PlannedUnit> planned)
    {
        var units = run.Units
            .Select(u => planned.TryGetValue((u.Layout, u.Path), out var unit) && IsRemains(unit, u) ? u with { State = CheckpointState.Incomplete, ModifiedAt = unit.ModifiedAt } : u)
            .ToArray();
        return units.SequenceEqual(run.Units, ReferenceEqualityComparer.Instance) ? run : CatalogReader.RunOf(run.Name, run.Layout, units);
    }

    /// <summary>Whether something of the first batch is gone, and all that is there is as it was.</summary>
    private static bool IsRemains(PlannedUnit planned, CheckpointUnit now)
    {
        var then = planned.Objects.ToDictionary(static o => o.Key, StringComparer.Ordinal);
        var present = now.Objects.Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
        return planned.Objects.Any(o => o.Batch == 1 && !present.Contains(o.Key))
            && now.Objects.All(o => then.TryGetValue(o.Key, out var was) && !Storage.Drift.IsSeen(was.ToStored(), o));
    }

    private static TrainctlException? Refusal(
        IObjectStore store, PlannedUnit unit, RetentionDecision? now, ILookup<string, string> claimed, HashSet<string> pointers)
    {
        if (now is { Keep: true })
            return Drift(store, unit, $"is kept by now: {now.Why}");
        // A checkpoint of one file has the name that it has as a pointer.
        if (unit.Objects.FirstOrDefault(o => pointers.Contains(o.Key)) is { } pointer)
            return Drift(store, unit, $"{(pointer.Key == unit.Path ? "" : $"its {pointer.Key} ")}is a pointer by now");
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
