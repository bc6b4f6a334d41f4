using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Retention;

/// <summary>Runs one prune: look, decide, and delete what nothing keeps, oldest first.</summary>
internal sealed class PruneCheckpoints(PruneCheckpointsSettings settings, EngineHost host, IObjectStore store)
{
    private const string Name = "prune-checkpoints";

    public async Task<PruneReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var policy = settings.Policy;
        policy.Validate();
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time };
        var catalog = await CheckpointCatalog.ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        if (!policy.IsEmpty)
            ThrowIfBlind(catalog);
        var decisions = RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, policy, host.Time.GetUtcNow());
        var (units, outcomes) = await ApplyAsync(decisions, cancellationToken).ConfigureAwait(false);
        return new PruneReport
        {
            Operation = Name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Location = store.Root.ToString(),
            Policy = policy,
            Runs = [.. catalog.Runs.Select(static r => new PrunedRun(r.Name, r.Layout, r.Units.Count, r.Ordering, r.StepsContradictTimes))],
            Units = units,
            Objects = outcomes,
            Problems = catalog.Problems,
            OtherObjects = catalog.OtherObjects.Count,
            Notes = [.. Notes(catalog, policy)],
        };
    }

    /// <summary>Nothing is deleted on the strength of something that could not be read.</summary>
    private void ThrowIfBlind(CheckpointCatalog catalog)
    {
        if (catalog.Problems.FirstOrDefault(static p => p.HidesObjects) is { } hidden)
        {
            throw new TrainctlException(
                TrainctlError.IncompleteListing,
                $"Pruning '{store.Root}' was refused: it could not be listed completely. {hidden.Message} Make it readable, or prune the folders beside it.",
                hidden.Key);
        }

        if (catalog.ReadFailures.Count > 0)
        {
            var failure = catalog.ReadFailures[0];
            throw new TrainctlException(
                TrainctlError.UnreadablePointer,
                $"Pruning '{store.Root}' was refused: something that decides what may be deleted could not be read. {failure.Message}",
                failure.Subject,
                failure);
        }
    }

    private async Task<(IReadOnlyList<PrunedUnit> Units, IReadOnlyList<ObjectOutcome> Outcomes)> ApplyAsync(
        IReadOnlyList<RetentionDecision> decisions, CancellationToken cancellationToken)
    {
        var deletion = new UnitDeletion(store);
        var units = new List<PrunedUnit>();
        var outcomes = new List<ObjectOutcome>();
        var progress = new ProgressMeter(host, "prune");
        foreach (var decision in decisions)
        {
            if (decision.Keep)
            {
                units.Add(new PrunedUnit(decision, PruneResult.Kept));
            }
            else if (settings.DryRun)
            {
                outcomes.AddRange(UnitDeletion.Planned(decision));
                units.Add(new PrunedUnit(decision, PruneResult.Planned));
            }
            else
            {
                progress.Known(decision.Unit.Bytes);
                var deleted = await deletion.DeleteAsync(decision, cancellationToken).ConfigureAwait(false);
                outcomes.AddRange(deleted);
                units.Add(new PrunedUnit(decision, deleted.All(static o => o.Error is null) ? PruneResult.Removed : PruneResult.Failed));
                progress.Moved(decision.Unit.Bytes, decision.Unit.Path);
                progress.Finished(decision.Unit.Path);
            }
        }

        progress.End();
        return (units, outcomes);
    }

    private IEnumerable<string> Notes(CheckpointCatalog catalog, RetentionPolicy policy)
    {
        if (catalog.Runs.Count == 0)
            yield return $"No checkpoint was found at '{store.Root}'.";
        else if (policy.IsEmpty)
            yield return "No retention rule is set, so nothing was removed. Set KeepLast to keep only the newest of each run.";
        foreach (var pointer in catalog.Pointers.Where(static p => p.Text.Length > 0 && p.Targets.Count == 0))
            yield return $"{pointer.Key} names '{pointer.Text}', which is not here.";
    }
}
