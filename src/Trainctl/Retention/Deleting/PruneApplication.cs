using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention.Trashing;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Transfer;
using Trainctl.Transfer.Resuming;

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

    /// <summary>The checkpoint that is just being removed; null between two.</summary>
    private string? _underWay;

    public async Task<PruneReport> RunAsync(
        PrunePlan plan, CheckpointCatalog catalog, IReadOnlyList<PruneWork> work, long start, CancellationToken cancellationToken)
    {
        var excess = plan.Limits.ExcessOf(plan);
        if (excess is not null && !dryRun)
            throw PruneLimits.Exceeded(plan.Location, excess);
        TrainctlException? stop = null;
        var emptied = 0L;
        try
        {
            stop = await RemoveAsync(plan, work, cancellationToken).ConfigureAwait(false);
            emptied = stop is null ? await EmptyTrashAsync(plan, cancellationToken).ConfigureAwait(false) : 0;
            RemoveLeftovers(plan, catalog);
        }
        catch (TrainctlException exception) when (_outcomes.Exists(static o => o.Result == OutcomeResult.Done))
        {
            stop = exception;
        }
        catch (OperationCanceledException) when (!dryRun)
        {
            TellCancelled();
            throw;
        }

        return new PruneReport
        {
            Operation = Name,
            DryRun = dryRun,
            Duration = host.Time.GetElapsedTime(start),
            Location = store.Root.ToString(),
            Policy = plan.Policy,
            Trash = plan.Trash,
            Refusal = excess,
            Stopped = stop,
            Runs = [.. catalog.Runs.Select(static r => new PrunedRun(r.Name, r.Layout, r.Units.Count, r.Ordering, r.StepsContradictTimes))],
            Units = _units,
            Objects = _outcomes,
            BytesEmptied = emptied,
            Problems = catalog.Problems,
            OtherObjects = catalog.OtherObjects.Count,
            Notes = [.. Notes(plan, catalog), .. BudgetNotes(plan.Policy, work)],
        };
    }

    /// <returns>What ended the work when something had been removed already; what comes after it was not tried. Null when all was tried.</returns>
    /// <exception cref="TrainctlException">The work could not be begun.</exception>
    private async Task<TrainctlException?> RemoveAsync(PrunePlan plan, IReadOnlyList<PruneWork> work, CancellationToken cancellationToken)
    {
        var action = plan.Trash is null ? ObjectAction.Delete : ObjectAction.Move;
        using var copier = plan.Trash is null || store is IObjectRenamer || dryRun ? null : new StoreCopier(store, host, "prune");
        var trash = plan.Trash is { } name ? new UnitTrash(store, name, time.GetUtcNow(), plan.ExpiredTrash, copier) : null;
        var progress = copier is null ? new ProgressMeter(host, "prune") : null;
        TrainctlException? stop = null;
        foreach (var (decision, removal, refusal) in work)
        {
            if (removal is null)
            {
                _units.Add(new PrunedUnit(decision, PruneResult.Kept));
                continue;
            }

            if (stop is not null)
            {
                AddUntried(decision, removal, action, NotTried(removal, stop));
                continue;
            }

            try
            {
                var glance = refusal is null && (looksAgain || !dryRun)
                    ? await UnitGlance.AtAsync(store, removal, cancellationToken).ConfigureAwait(false)
                    : new UnitGlance(removal.Objects, null);
                if ((refusal ?? glance.Drift) is { } failure)
                    AddUntried(decision, removal, action, failure);
                else if (glance.Present.Count == 0)
                    Add(decision, PruneResult.Gone, []);
                else if (dryRun && trash?.RefusalOf(removal, glance.Present) is { } obstacle)
                    AddUntried(decision, removal, action, obstacle);
                else if (dryRun)
                    Add(decision, PruneResult.Planned, glance.Present.Select(o => UnitDeletion.Outcome(removal, o, action) with { Result = OutcomeResult.Planned }));
                else
                    await RemoveAsync(decision, removal, glance.Present, trash, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (TrainctlException exception) when (_outcomes.Exists(static o => o.Result == OutcomeResult.Done))
            {
                stop = exception;
                Add(decision, PruneResult.Failed, removal.Objects.Select(o => UnitDeletion.Outcome(removal, o, action).WithFailure(exception)));
            }
        }

        progress?.End();
        return stop;
    }

    private async Task RemoveAsync(
        RetentionDecision decision, PlannedUnit removal, IReadOnlyList<PlannedObject> present, UnitTrash? trash, ProgressMeter? progress, CancellationToken cancellationToken)
    {
        progress?.Known(removal.Bytes);
        _underWay = removal.Path;
        var removed = trash is null
            ? await new UnitDeletion(store).DeleteAsync(removal, present, cancellationToken).ConfigureAwait(false)
            : await trash.MoveAsync(removal, present, cancellationToken).ConfigureAwait(false);
        _underWay = null;
        var result = removed is null ? PruneResult.Gone : removed.All(static o => o.Error is null) ? PruneResult.Removed : PruneResult.Failed;
        Add(decision, result, removed ?? []);
        progress?.Moved(removal.Bytes, removal.Path);
        progress?.Finished(removal.Path);
    }

    private void AddUntried(RetentionDecision decision, PlannedUnit removal, ObjectAction action, TrainctlException why) =>
        Add(decision, PruneResult.Failed, removal.Objects.Select(o => UnitDeletion.Outcome(removal, o, action).WithFailure(why) with { Result = OutcomeResult.Refused }));

    private static TrainctlException NotTried(PlannedUnit removal, TrainctlException stop) =>
        new(TrainctlError.ObjectsFailed, $"'{removal.Path}' was not tried any more after: {stop.Message}", removal.Path);

    private void TellCancelled()
    {
        var removed = _units.Count(static u => u.Result == PruneResult.Removed);
        if (removed > 0 || _underWay is not null)
        {
            host.Log.Warning(
                $"{HumanText.Count(removed, "checkpoint")} had been removed from '{store.Root}' when this was cancelled"
                + $"{(_underWay is null ? "" : $", and '{_underWay}' may be removed in part; the next prune ends that")}.");
        }
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
        var due = await DueAsync(plan, cancellationToken).ConfigureAwait(false);
        if (due.Count == 0)
            return 0;
        var expired = new PlannedUnit
        {
            Path = plan.Trash!,
            Layout = "",
            Run = "",
            State = CheckpointState.Incomplete,
            ModifiedAt = plan.MadeAt,
            Bytes = due.Sum(static o => o.Size),
            Decision = PlannedDecision.Remove,
            Reasons = ["it was in the trash for too long"],
        };
        var outcomes = dryRun
            ? [.. due.Select(o => UnitDeletion.Outcome(expired, o) with { Result = OutcomeResult.Planned })]
            : await new UnitDeletion(store).DeleteAsync(expired, due, cancellationToken).ConfigureAwait(false);
        _outcomes.AddRange(outcomes);
        return outcomes.Where(static o => o.Error is null).Sum(static o => o.Bytes);
    }

    /// <summary>Removes what prunes and restores that were killed have left in the trash of a folder while they wrote a record or a mark.</summary>
    private void RemoveLeftovers(PrunePlan plan, CheckpointCatalog catalog)
    {
        if (dryRun || plan.Trash is null || catalog.Temporaries.Count == 0)
            return;
        var trash = FolderPath.ToPath(store.Root.Path, plan.Trash + "/");
        var found = catalog.Temporaries.Where(path => path.StartsWith(trash, StringComparison.Ordinal)).ToArray();
        var leftovers = new TransferLeftovers(host);
        foreach (var path in found)
            leftovers.Found(path);
        leftovers.RemoveFiles();
        foreach (var path in found)
            FolderDeletion.RemoveEmptyFolders(store.Root.Path, Path.GetDirectoryName(path));
    }

    /// <summary>What has been in the trash for too long, but for folders that something is being brought back from by now.</summary>
    private async Task<IReadOnlyList<PlannedObject>> DueAsync(PrunePlan plan, CancellationToken cancellationToken)
    {
        if (plan.ExpiredTrash.Count == 0)
            return [];
        var listing = await TrashListing.ReadAsync(store, plan.Trash!, $"Emptying '{store.Root.Append(plan.Trash!)}'", cancellationToken).ConfigureAwait(false);
        var restored = listing.Folders.Where(f => listing.IsRestoredFrom(f, time.GetUtcNow())).ToHashSet(StringComparer.Ordinal);
        return [.. plan.ExpiredTrash.Where(o => TrashName.FolderOfKey(plan.Trash!, o.Key) is not { } folder || !restored.Contains(folder))];
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
