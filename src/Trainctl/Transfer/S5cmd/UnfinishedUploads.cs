using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Transfer.S5cmd;

/// <summary>
/// Finds and aborts the multipart uploads that an s5cmd which ended badly has left in the bucket: those of the batch's own keys that were not there
/// before it began. Not told by the clock, which is the server's.
/// </summary>
internal sealed class UnfinishedUploads(IResumableStore bucket, IReadOnlyList<string> keys, ITrainctlLog log)
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
            log.Debug($"The unfinished uploads to '{bucket.Root}' cannot be listed, so none will be aborted: {exception.Message}");
        }
    }

    /// <summary>Aborts what came since, on a time of its own. Never throws for what the store says; what is left is reported.</summary>
    /// <param name="undone">Keys whose upload did not end well.</param>
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
            foreach (var upload in await ListAsync(undone, patience.Token).ConfigureAwait(false))
            {
                if (_before.Contains(upload.UploadId))
                    continue;
                await bucket.AbortUploadAsync(upload, patience.Token).ConfigureAwait(false);
                log.Debug($"The upload of '{bucket.Root.Append(upload.Key)}' that s5cmd did not finish was aborted.");
            }

            return true;
        }
        catch (Exception exception) when (exception is TrainctlException or OperationCanceledException)
        {
            log.Warning(
                $"Parts of uploads that s5cmd did not finish may be left at '{bucket.Root}' and cost money: {exception.Message} A prune with leftovers removes them.");
            return false;
        }
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
