using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>Sends objects under the keys they have, or in a dry run only says so. A refused key is refused either way.</summary>
internal sealed class ObjectSender(TransferRunner runner, bool isDryRun, IObjectStore source, IObjectStore destination, PublishedObjects published)
{
    public TransferItem ItemFor(StoredObject found, string reason, string? storageClass) => new()
    {
        Source = source,
        Object = found,
        Destination = destination,
        Key = found.Key,
        Reason = reason,
        StorageClass = storageClass,
    };

    /// <summary>Sends all, adds their outcomes in key order, and answers the results of those that arrived.</summary>
    public async Task<IReadOnlyList<TransferResult>> SendAsync(
        IReadOnlyList<TransferItem> items, List<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
            return [];
        if (isDryRun)
        {
            outcomes.AddRange(items.Select(TransferOutcome.Planned));
            return [];
        }

        var results = new List<TransferResult>();
        await runner.RunAsync(items.ToAsyncEnumerable(), result =>
        {
            published.Remember(result);
            results.Add(result);
            return ValueTask.CompletedTask;
        }, cancellationToken).ConfigureAwait(false);
        outcomes.AddRange(results.Select(TransferOutcome.Of).OrderBy(static o => o.Key, KeyOrder.Instance));
        return [.. results.Where(static r => r.Failure is null)];
    }
}
