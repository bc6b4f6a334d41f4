using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Retention.Trashing;

/// <summary>Copies objects within one store, proven: by the store itself where it can, else through this machine.</summary>
internal sealed class StoreCopier(IObjectStore store, EngineHost host, string operation) : IDisposable
{
    /// <summary>Copies that the store makes at once.</summary>
    private const int Concurrency = 16;

    private readonly TransferRunner _runner = new(TransferSettings.Default, host, operation);

    /// <summary>Copies all; a failure does not stop the others.</summary>
    /// <param name="objects">Each as it was planned, where it is, and where it goes.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="onCopied">Told of each copy, one call at a time; null for nobody.</param>
    /// <returns>Failures, by the key where the object was.</returns>
    public async Task<Dictionary<string, TrainctlException>> CopyAsync(
        IEnumerable<CopyItem> objects, CancellationToken cancellationToken, Action<StoredObject>? onCopied = null)
    {
        var failures = new Dictionary<string, TrainctlException>(StringComparer.Ordinal);
        var large = new List<TransferItem>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(objects, parallel, async (item, token) =>
        {
            try
            {
                if (await FindAsync(item, token).ConfigureAwait(false) is not { } found || await IsThereAsync(item, found, token).ConfigureAwait(false))
                    return;
                if (store is IServerSideCopy copier && found.Size <= copier.MaxCopyBytes)
                {
                    // Right before, as it costs one request, and a bucket knows of no condition for copies that all providers keep.
                    if (item.IsNew && await store.HeadAsync(item.To, token).ConfigureAwait(false) is not null)
                        throw Drift.Taken(store.Root, item.To);
                    var copy = await copier.CopyAsync(found, item.To, token).ConfigureAwait(false);
                    lock (failures)
                        onCopied?.Invoke(copy);
                    return;
                }

                lock (large)
                {
                    large.Add(new TransferItem
                    {
                        Source = store,
                        Object = found,
                        Destination = store,
                        Key = item.To,
                        StorageClass = found.ClassOfCopy,
                        Encryption = found.Encryption,
                        IsNew = item.IsNew,
                    });
                }
            }
            catch (TrainctlException exception)
            {
                lock (failures)
                    failures[item.From] = exception;
            }
        }).ConfigureAwait(false);
        await _runner.RunAsync(large.ToAsyncEnumerable(), result =>
        {
            if (result.Failure is { } failure)
                failures[result.Item.Object.Key] = failure;
            else
                onCopied?.Invoke(result.Stored!);
            return ValueTask.CompletedTask;
        }, cancellationToken).ConfigureAwait(false);
        return failures;
    }

    public void Dispose() => _runner.Dispose();

    /// <summary>The object with the metadata that goes with it; null when it is gone and its copy is there. What changed since it was planned is not copied.</summary>
    private async Task<StoredObject?> FindAsync(CopyItem item, CancellationToken cancellationToken)
    {
        var found = await store.HeadAsync(item.From, cancellationToken).ConfigureAwait(false);
        if (found is null)
            return item.HasCopy ? null : throw new TrainctlException(TrainctlError.ObjectNotFound, $"'{store.Root.Append(item.From)}' is gone.", item.From);
        return item.Expected is { } expected && Drift.IsSeen(expected, found) ? throw Drift.Failure(store.Root, item.From) : found;
    }

    /// <summary>Whether what was seen there is a copy: one that failed its proof may have stayed.</summary>
    private async Task<bool> IsThereAsync(CopyItem item, StoredObject found, CancellationToken cancellationToken) =>
        item.HasCopy && CopyProof.Holds(found, await store.HeadAsync(item.To, cancellationToken).ConfigureAwait(false));
}

/// <summary>One object to copy.</summary>
/// <param name="From">Its key.</param>
/// <param name="To">The key of the copy.</param>
/// <param name="Expected">What it must still be; null when that was looked at already.</param>
internal sealed record CopyItem(string From, string To, StoredObject? Expected)
{
    /// <summary>Whether something of its size was seen there. It is not copied again when that is a copy.</summary>
    public bool HasCopy { get; init; }

    /// <summary>Whether nothing may be there, so that nothing is ever replaced.</summary>
    public bool IsNew { get; init; }
}
