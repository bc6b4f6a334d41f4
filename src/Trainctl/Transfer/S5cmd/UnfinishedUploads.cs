using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Transfer.S5cmd;

/// <summary>
/// Finds and aborts the multipart uploads that an s5cmd which ended badly has left in the bucket: those of the batch's own keys that were not there
/// before it began. Not told by the clock, which is the server's. No store tells who began an upload, and others may write the same keys: of several new ones of a
/// key none is aborted.
/// </summary>
internal sealed class UnfinishedUploads(IResumableStore bucket, IReadOnlyList<string> keys, EngineHost host)
{
    private const int ParallelRequests = 8;

    /// <summary>Longer than that, and somebody else would wait for a cancelled operation.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private HashSet<string>? _before;

    /// <summary>Ids of the uploads that are not this run's; null when they could not be listed.</summary>
    public IReadOnlyCollection<string>? Others => _before;

    /// <summary>Looks at what is there already, which must not be touched.</summary>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        try
        {
            _before = (await ListAsync(keys, cancellationToken).ConfigureAwait(false)).Select(static u => u.UploadId).ToHashSet(StringComparer.Ordinal);
        }
        catch (TrainctlException exception)
        {
            host.Log.Debug($"The unfinished uploads to '{bucket.Root}' cannot be listed, so none will be aborted: {exception.Message}");
        }
    }

    /// <summary>Aborts what came since, on a time of its own. Never throws for what the store says; what is left is reported.</summary>
    /// <param name="undone">Keys whose upload s5cmd may have begun, and did not call done.</param>
    /// <returns>Whether nothing is left of them.</returns>
    public async Task<bool> AbortNewAsync(IReadOnlyList<string> undone)
    {
        if (undone.Count == 0)
            return true;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (_before is null)
                throw new TrainctlException(TrainctlError.StoreRejected, "they could not be listed before.");
            var found = await ListAsync(undone, patience.Token).ConfigureAwait(false);
            await AbortAsync(found.Where(u => !_before.Contains(u.UploadId)), patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is TrainctlException or OperationCanceledException)
        {
            host.Log.Warning(
                $"Parts of uploads that s5cmd did not finish may be left at '{bucket.Root}' and cost money: {exception.Message} A prune with leftovers removes them.");
            return false;
        }
    }

    /// <summary>Aborts uploads that came while s5cmd was at work, each where it is the only one of its key.</summary>
    public async Task AbortAsync(IEnumerable<UnfinishedUpload> came, CancellationToken cancellationToken)
    {
        foreach (var ofKey in came.Where(u => !IsGoneOnWith(u)).GroupBy(static u => u.Key, StringComparer.Ordinal))
        {
            if (ofKey.ToArray() is not [var upload])
            {
                host.Log.Warning(
                    $"Several uploads of '{bucket.Root.Append(ofKey.Key)}' are unfinished. Which of them s5cmd left cannot be told, so none was aborted; a prune with leftovers removes what stays.");
                continue;
            }

            await bucket.AbortUploadAsync(upload, cancellationToken).ConfigureAwait(false);
            host.Log.Debug($"The upload of '{bucket.Root.Append(upload.Key)}' that s5cmd did not finish was aborted.");
        }
    }

    /// <summary>Whether the built-in backend has begun it, and some run will go on with it. So too when that cannot be told.</summary>
    private bool IsGoneOnWith(UnfinishedUpload upload)
    {
        var path = new UploadOpener(host).JournalPathOf(bucket.IdentityOf(upload.Key));
        if (path is null || !File.Exists(path))
            return false;
        using var journal = TransferJournal.TryOpen(path, host.Log);
        return journal is null || journal.UploadId == upload.UploadId;
    }

    /// <summary>The unfinished uploads of some of the keys.</summary>
    public async Task<IReadOnlyList<UnfinishedUpload>> ListAsync(IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var found = new List<UnfinishedUpload>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelRequests, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(wanted, parallel, async (key, token) =>
        {
            await foreach (var upload in bucket.ListUploadsOfAsync(key, token).ConfigureAwait(false))
            {
                lock (found)
                    found.Add(upload);
            }
        }).ConfigureAwait(false);
        return found;
    }
}
