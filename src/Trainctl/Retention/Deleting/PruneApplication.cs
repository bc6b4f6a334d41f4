using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention.Trashing;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Retention.Deleting;

/// <summary>One checkpoint of a prune under way.</summary>
/// <param name="Decision">What the report says about it.</param>
/// <param name="Removal">What is to be removed; null when it stays.</param>
/// <param name="Refusal">Why it is not removed although that was planned.</param>
internal sealed record PruneWork(RetentionDecision Decision, PlannedUnit? Removal, TrainctlException? Refusal);

/// <summary>Does what a plan says, oldest checkpoint first, or in a dry run says what it would do.</summary>
/// <param name="host">The process.</param>
/// <param name="time">Of the store; what is moved to the trash is filed under it.</param>
/// <param name="store">The location.</param>
/// <param name="dryRun">Whether to change nothing.</param>
/// <param name="looksAgain">Whether a dry run looks at each checkpoint again: the plan is not of this moment.</param>
internal sealed class PruneApplication(EngineHost host, TimeProvider time, IObjectStore store, bool dryRun, bool looksAgain)
{
    private const string Name = "prune-checkpoints";

    private readonly List<ObjectOutcome> _outcomes = [];
    private readonly List<PrunedUnit> _units = [];

    public async Task<PruneReport> RunAsync(
        PrunePlan plan, CheckpointCatalog catalog, IReadOnlyList<PruneWork> work, long start, CancellationToken cancellationToken)
    {
        var excess = plan.Limits.ExcessOf(plan);
        if (excess is not null && !dryRun)
            throw PruneLimits.Exceeded(plan.Location, excess);
        await RemoveAsync(plan, work, cancellationToken).ConfigureAwait(false);
        var emptied = await EmptyTrashAsync(plan, cancellationToken).ConfigureAwait(false);
        return new PruneReport
        {
            Operation = Name,
            DryRun = dryRun,
            Duration = host.Time.GetElapsedTime(start),
            Location = store.Root.ToString(),
            Policy = plan.Policy,
            Trash = plan.Trash,
            Refusal = excess,
            Runs = [.. catalog.Runs.Select(static r => new PrunedRun(r.Name, r.Layout, r.Units.Count, r.Ordering, r.StepsContradictTimes))],
            Units = _units,
            Objects = _outcomes,
            BytesEmptied = emptied,
            Problems = catalog.Problems,
            OtherObjects = catalog.OtherObjects.Count,
            Notes = [.. Notes(plan, catalog), .. BudgetNotes(plan.Policy, work)],
        };
    }

    private async Task RemoveAsync(PrunePlan plan, IReadOnlyList<PruneWork> work, CancellationToken cancellationToken)
    {
        var action = plan.Trash is null ? ObjectAction.Delete : ObjectAction.Move;
        using var copier = plan.Trash is null || store is IObjectRenamer || dryRun ? null : new StoreCopier(store, host, "prune");
        var trash = plan.Trash is { } name ? new UnitTrash(store, name, time.GetUtcNow(), plan.ExpiredTrash, copier) : null;
        var progress = copier is null ? new ProgressMeter(host, "prune") : null;
        foreach (var (decision, removal, refusal) in work)
        {
            if (removal is null)
            {
                _units.Add(new PrunedUnit(decision, PruneResult.Kept));
                continue;
            }

            var glance = refusal is null && (looksAgain || !dryRun)
                ? await UnitGlance.AtAsync(store, removal, cancellationToken).ConfigureAwait(false)
                : new UnitGlance(removal.Objects, null);
            if ((refusal ?? glance.Drift) is { } failure)
                Add(decision, PruneResult.Failed, removal.Objects.Select(o => UnitDeletion.Outcome(removal, o, action).WithFailure(failure) with { Result = OutcomeResult.Refused }));
            else if (glance.Present.Count == 0)
                Add(decision, PruneResult.Gone, []);
            else if (dryRun)
                Add(decision, PruneResult.Planned, glance.Present.Select(o => UnitDeletion.Outcome(removal, o, action) with { Result = OutcomeResult.Planned }));
            else
                await RemoveAsync(decision, removal, glance.Present, trash, progress, cancellationToken).ConfigureAwait(false);
        }

        progress?.End();
    }

    private async Task RemoveAsync(
        RetentionDecision decision, PlannedUnit removal, IReadOnlyList<PlannedObject> present, UnitTrash? trash, ProgressMeter? progress, CancellationToken cancellationToken)
    {
        progress?.Known(removal.Bytes);
        var removed = trash is null
            ? await new UnitDeletion(store).DeleteAsync(removal, present, cancellationToken).ConfigureAwait(false)
            : await trash.MoveAsync(removal, present, cancellationToken).ConfigureAwait(false);
        var result = removed is null ? PruneResult.Gone : removed.All(static o => o.Error is null) ? PruneResult.Removed : PruneResult.Failed;
        Add(decision, result, removed ?? []);
        progress?.Moved(removal.Bytes, removal.Path);
        progress?.Finished(removal.Path);
    }

    private void Add(RetentionDecision decision, PruneResult result, IEnumerable<ObjectOutcome> outcomes)
    {
        _outcomes.AddRange(outcomes);
        _units.Add(new PrunedUnit(decision, result));
    }

    /// <summary>Deletes what has been in the trash for too long.</summary>
    /// <returns>Bytes that were, or would be, freed by it.</returns>
    private async Task<long> EmptyTrashAsync(PrunePlan plan, CancellationToken cancellationToken)
    {
        if (plan.ExpiredTrash.Count == 0)
            return 0;
        var expired = new PlannedUnit
        {
            Path = plan.Trash!,
            Layout = "",
            Run = "",
            State = CheckpointState.Incomplete,
            ModifiedAt = plan.MadeAt,
            Bytes = plan.ExpiredTrash.Sum(static o => o.Size),
            Decision = PlannedDecision.Remove,
            Reasons = ["it was in the trash for too long"],
        };
        var outcomes = dryRun
            ? [.. plan.ExpiredTrash.Select(o => UnitDeletion.Outcome(expired, o) with { Result = OutcomeResult.Planned })]
            : await new UnitDeletion(store).DeleteAsync(expired, plan.ExpiredTrash, cancellationToken).ConfigureAwait(false);
        _outcomes.AddRange(outcomes);
        return outcomes.Where(static o => o.Error is null).Sum(static o => o.Bytes);
    }

    private IEnumerable<string> Notes(PrunePlan plan, CheckpointCatalog catalog)
    {
        if (catalog.Runs.Count == 0)
            yield return $"No checkpoint was found at '{store.Root}'.";
        else if (plan.Policy.IsEmpty)
            yield return "No retention rule is set, so nothing was removed. Set KeepLast to keep only the newest of each run.";
        foreach (var pointer in catalog.Pointers.Where(static p => p.Text.Length > 0 && p.Targets.Count == 0))
            yield return $"{pointer.Key} names '{pointer.Text}', which is not here.";
    }

    private static IEnumerable<string> BudgetNotes(RetentionPolicy policy, IEnumerable<PruneWork> work) =>
        RetentionEvaluator.OverBudget([.. work.Select(static w => w.Decision)], policy).Select(static budget =>
            $"Run {budget.Run} stays {HumanText.Size(budget.BytesOver)} over MaxTotalSize: what is left is best, named, pinned or protected.");
}
