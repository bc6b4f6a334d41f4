using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>Deletes what is only at the destination, batch by batch, and only what the source still does not have.</summary>
/// <param name="host">The process.</param>
/// <param name="source">Where they are missing.</param>
/// <param name="destination">Where they go.</param>
/// <param name="outcomes">Takes what was done.</param>
internal sealed class SurplusDeletion(EngineHost host, IObjectReader source, IObjectStore destination, List<ObjectOutcome> outcomes)
{
    /// <summary>As many as a store of S3 deletes at a time: eight requests of a thousand. Nothing of a batch waits for the rest, so it is as fresh as it was said to be.</summary>
    private const int DeleteBatch = 8000;

    /// <summary>Looking at a thousand objects again and deleting them takes about as long.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SourceLook _look = new(source);
    private readonly List<string> _kept = [];

    /// <param name="surplus">In the order of keys.</param>
    /// <param name="listedSince">When the listing began that showed them.</param>
    /// <param name="cancellationToken">Ends it; a warning tells what was deleted by then.</param>
    /// <returns>What was kept, as the source has it by now.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(StoredObject[] surplus, long listedSince, CancellationToken cancellationToken)
    {
        foreach (var batch in surplus.Chunk(DeleteBatch))
            await DeleteAsync(batch, listedSince, cancellationToken).ConfigureAwait(false);
        return _kept;
    }

    public static ObjectOutcome Outcome(StoredObject found) => new()
    {
        Key = found.Key,
        Action = ObjectAction.Delete,
        Result = OutcomeResult.Done,
        Bytes = found.Size,
        Reason = "not at the source",
    };

    private async Task DeleteAsync(StoredObject[] batch, long listedSince, CancellationToken cancellationToken)
    {
        StoredObject[] due = [];
        try
        {
            var stay = await _look.FindAsync([.. batch.Select(static o => o.Key)], cancellationToken).ConfigureAwait(false);
            foreach (var found in batch.Where(o => stay.ContainsKey(o.Key)))
            {
                if (stay[found.Key] is { } failure)
                    outcomes.Add(Outcome(found).WithFailure(failure));
                else
                    _kept.Add(found.Key);
            }

            due = stay.Count == 0 ? batch : Array.FindAll(batch, o => !stay.ContainsKey(o.Key));
            var isFresh = host.Time.GetElapsedTime(listedSince) < Fresh;
            var results = await destination.DeleteAsync([.. due.Select(o => new DeleteRequest(o.Key, o) { IsFresh = isFresh })], cancellationToken).ConfigureAwait(false);
            outcomes.AddRange(due.Zip(results, static (found, result) => result.Failure is { } failure ? Outcome(found).WithFailure(failure) : Outcome(found)));
        }
        catch (TrainctlException exception) when (due.Length > 0)
        {
            outcomes.AddRange(due.Select(o => Outcome(o).WithFailure(exception)));
        }
        catch (OperationCanceledException)
        {
            var deleted = outcomes.Count(static o => o is { Action: ObjectAction.Delete, Result: OutcomeResult.Done });
            if (deleted > 0 || due.Length > 0)
            {
                host.Log.Warning(
                    $"{HumanText.Count(deleted, "object")} had been deleted at '{destination.Root}' when this was cancelled"
                    + $"{(due.Length == 0 ? "" : $", and of {HumanText.Count(due.Length, "more object")} some may have been")}.");
            }

            throw;
        }
    }
}
