using System.Buffers;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>
/// Deletes objects by the thousand. An object with an expectation is looked at right before: neighbours by one page of a listing, the rest by HEAD.
/// </summary>
internal sealed class S3Deletion(S3Bucket bucket)
{
    private const int MostPerRequest = 1000;

    /// <summary>Some stores work through a request object by object, so fewer than the most go by several requests at once.</summary>
    private const int FewestPerRequest = 250;
    private const int ParallelRequests = 8;
    private const int ParallelSingles = 16;

    /// <summary>From here on a page of the listing is cheaper than asking for each.</summary>
    private const int WorthListing = 8;

    /// <summary>Of times in answers; some tell fractions of a second and others do not.</summary>
    private static readonly TimeSpan TimeResolution = TimeSpan.FromSeconds(1);

    /// <summary>What XML cannot carry, or what some parsers change on the way: such keys are deleted one by one.</summary>
    private static readonly SearchValues<char> NotForXml = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Concat([0x2028, 0x2029, 0xFFFE, 0xFFFF]).Select(static c => (char)c)]);

    private volatile bool _refusesMany = !bucket.Connection.Provider.DeletesMany;

    public async Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken)
    {
        var outcomes = new DeleteOutcome[requests.Count];
        foreach (var request in requests)
            await bucket.MeetAsync(request.Key, cancellationToken).ConfigureAwait(false);
        var order = Enumerable.Range(0, requests.Count).ToArray();
        Array.Sort(order, (x, y) => KeyOrder.Compare(requests[x].Key, requests[y].Key));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelRequests, CancellationToken = cancellationToken };
        var perRequest = Math.Clamp((order.Length + ParallelRequests - 1) / ParallelRequests, FewestPerRequest, MostPerRequest);
        await Parallel.ForEachAsync(order.Chunk(perRequest), parallel, async (chunk, token) =>
        {
            var left = chunk;
            for (var attempt = 1; left.Length > 0; attempt++)
            {
                var isFirst = attempt == 1;
                var failures = await DeleteChunkAsync([.. left.Select(i => requests[i])], isFirst, token).ConfigureAwait(false);
                for (var i = 0; i < left.Length; i++)
                    outcomes[left[i]] = new DeleteOutcome(requests[left[i]].Key, failures[i]);
                left = [.. left.Where(i => IsBadMoment(outcomes[i].Failure))];
                if (left.Length > 0 && !await bucket.MayRepeatAsync(outcomes[left[0]].Failure!.InnerException!, attempt, null, token).ConfigureAwait(false))
                    break;
            }
        }).ConfigureAwait(false);
        return outcomes;
    }

    /// <summary>Whether the store did not delete this one now, in an answer that was otherwise good. Whole requests have been repeated already.</summary>
    private static bool IsBadMoment(TrainctlException? failure) =>
        failure is { Error: TrainctlError.StoreUnavailable, InnerException: AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.OK } };

    private async Task<TrainctlException?[]> DeleteChunkAsync(DeleteRequest[] chunk, bool isFirst, CancellationToken cancellationToken)
    {
        var failures = new TrainctlException?[chunk.Length];
        var isDue = await CheckAsync(chunk, failures, isFirst, cancellationToken).ConfigureAwait(false);
        var together = Enumerable.Range(0, chunk.Length).Where(i => isDue[i] && CanGoTogether(bucket.FullKey(chunk[i].Key))).ToArray();
        var alone = Enumerable.Range(0, chunk.Length).Where(i => isDue[i] && !CanGoTogether(bucket.FullKey(chunk[i].Key))).ToArray();
        alone = together.Length == 1 || _refusesMany
            ? [.. alone, .. together]
            : [.. alone, .. await DeleteManyAsync(chunk, together, failures, cancellationToken).ConfigureAwait(false)];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelSingles, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(alone, parallel, async (i, token) => failures[i] = await DeleteOneAsync(chunk[i], token).ConfigureAwait(false))
            .ConfigureAwait(false);
        return failures;
    }

    private static bool CanGoTogether(string key) => !key.AsSpan().ContainsAny(NotForXml) && key.AsSpan().Trim().Length == key.Length;

    /// <summary>Which objects are to be deleted: those without an expectation, those that were seen just now, and those that still meet it.</summary>
    /// <param name="chunk">The objects.</param>
    /// <param name="failures">Takes what keeps an object.</param>
    /// <param name="isFirst">Whether none of them was in a request yet. Another attempt comes after a pause, and what the one before may have deleted somebody may have written anew.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<bool[]> CheckAsync(DeleteRequest[] chunk, TrainctlException?[] failures, bool isFirst, CancellationToken cancellationToken)
    {
        var isDue = new bool[chunk.Length];
        var expectations = new List<int>();
        for (var i = 0; i < chunk.Length; i++)
        {
            if (bucket.ImpossibilityOf(chunk[i].Key) is { } reason)
                failures[i] = new TrainctlException(TrainctlError.UnsafeKey, $"'{chunk[i].Key}' cannot be deleted in '{bucket.Root}': {reason}.", chunk[i].Key);
            else if (chunk[i].Expected is null || (isFirst && chunk[i].IsFresh))
                isDue[i] = true;
            else
                expectations.Add(i);
        }

        var seen = await PeekAsync(chunk, expectations, cancellationToken).ConfigureAwait(false);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelSingles, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(expectations, parallel, async (i, token) =>
        {
            try
            {
                var now = seen.Find(chunk[i].Key, out var isKnown);
                if (!isKnown)
                    now = await new S3Head(bucket).FindAsync(chunk[i].Key, token).ConfigureAwait(false);
                if (now is null)
                    return;
                if (Drift.IsSeen(chunk[i].Expected!, now) || (!isFirst && now.ModifiedAt - chunk[i].Expected!.ModifiedAt > TimeResolution))
                    failures[i] = Drift.Failure(bucket.Root, chunk[i].Key);
                else
                    isDue[i] = true;
            }
            catch (TrainctlException exception)
            {
                failures[i] = exception;
            }
        }).ConfigureAwait(false);
        return isDue;
    }

    /// <summary>Looks at many at once, from the first key's successor; the objects of a prune are neighbours, or half of them are.</summary>
    private async Task<Glimpse> PeekAsync(DeleteRequest[] chunk, List<int> expectations, CancellationToken cancellationToken)
    {
        if (expectations.Count < WorthListing)
            return Glimpse.Nothing;
        var after = chunk[expectations[0]].Key;
        try
        {
            var most = Math.Min(expectations.Count * 2, S3Lister.MostPerPage);
            return await new S3Lister(bucket).PageAfterAsync(after, most, cancellationToken).ConfigureAwait(false) is { } page
                ? new Glimpse(page with { IsLast = false })
                : Glimpse.Nothing;
        }
        catch (TrainctlException)
        {
            // Not allowed to list, perhaps: each is asked for.
            return Glimpse.Nothing;
        }
    }

    /// <summary>Deletes by one request. What is due is looked at again before it is repeated.</summary>
    /// <returns>What is due still, as the store does not know that form and deleted nothing.</returns>
    private async Task<int[]> DeleteManyAsync(DeleteRequest[] chunk, int[] due, TrainctlException?[] failures, CancellationToken cancellationToken)
    {
        if (due.Length == 0)
            return [];
        try
        {
            foreach (var error in await S3ManyDeletion.SendAsync(bucket, KeysAsync, isQuiet: true, cancellationToken).ConfigureAwait(false))
                Record(error, chunk, due, failures);
            return [];
        }
        catch (TrainctlException exception) when (IsRefusal(exception))
        {
            bucket.Log.Debug($"'{bucket.Connection.Host}' does not delete many objects at once ({exception.Message}); they are deleted one by one.");
            _refusesMany = true;
            return due;
        }
        catch (TrainctlException exception)
        {
            foreach (var i in due)
                failures[i] = exception;
            return [];
        }

        async ValueTask<IReadOnlyCollection<string>> KeysAsync(int attempt, CancellationToken token)
        {
            if (attempt > 1)
            {
                var before = due;
                due = await StillDueAsync(chunk, due, failures, token).ConfigureAwait(false);
                // Who could not even look has had no good answer, and the next request waits no longer for one.
                if (due.Length == 0 && before.Select(i => failures[i]).FirstOrDefault(static f => f?.Error == TrainctlError.StoreUnavailable) is { } away)
                    throw away;
            }

            return Array.ConvertAll(due, i => chunk[i].Key);
        }
    }

    private async Task<int[]> StillDueAsync(DeleteRequest[] chunk, int[] due, TrainctlException?[] failures, CancellationToken cancellationToken)
    {
        var found = new TrainctlException?[due.Length];
        var isDue = await CheckAsync(Array.ConvertAll(due, i => chunk[i]), found, isFirst: false, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < due.Length; i++)
            failures[due[i]] = found[i];
        return [.. due.Where((_, i) => isDue[i])];
    }

    private void Record(DeleteError error, DeleteRequest[] chunk, int[] due, TrainctlException?[] failures)
    {
        var failure = S3Errors.OfAnswer(error.Code, error.Message, new S3Call("Deleting", bucket.Root, error.Key, bucket.Connection));
        var isKnown = false;
        foreach (var i in due)
        {
            if (bucket.FullKey(chunk[i].Key) != error.Key)
                continue;
            isKnown = true;
            failures[i] = S3Errors.OfAnswer(error.Code, error.Message, new S3Call("Deleting", bucket.Root.Append(chunk[i].Key), chunk[i].Key, bucket.Connection));
            if (failures[i]!.Error == TrainctlError.ObjectNotFound)
                failures[i] = null;
        }

        if (isKnown)
            return;

        // An error that cannot be given to an object could be any object's: none of them counts as deleted.
        foreach (var i in due)
            failures[i] ??= failure;
    }

    /// <summary>HTTP 400, 405 and 501 about the request as a whole: nothing was deleted.</summary>
    private static bool IsRefusal(TrainctlException exception) =>
        exception.Error == TrainctlError.StoreRejected
        || exception.InnerException is AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.NotImplemented or System.Net.HttpStatusCode.MethodNotAllowed };

    /// <summary>Where the store certainly understands it, the deletion itself is on condition that the object is what was seen.</summary>
    private async Task<TrainctlException?> DeleteOneAsync(DeleteRequest due, CancellationToken cancellationToken)
    {
        var key = due.Key;
        var etag = bucket.Connection.Provider.ConditionalDelete == Support.Yes ? due.Expected?.ETag : null;
        try
        {
            var request = new S3Request(HttpMethod.Delete, bucket.FullKey(key)).With("if-match", etag is null ? null : $"\"{etag}\"");
            var isFirst = true;
            return await bucket.AttemptAsync<TrainctlException?>("Deleting", key, async (transport, token) =>
            {
                var failures = new TrainctlException?[1];
                if (!isFirst && (await StillDueAsync([due], [0], failures, token).ConfigureAwait(false)).Length == 0)
                    return failures[0] is { Error: TrainctlError.StoreUnavailable } away ? throw away : failures[0];
                isFirst = false;
                using var answer = await transport.SendAsync(request, token).ConfigureAwait(false);
                return null;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            return exception.Error switch
            {
                TrainctlError.ObjectNotFound => null,
                TrainctlError.ChangedDuringTransfer when etag is not null => Drift.Failure(bucket.Root, key),
                _ => exception,
            };
        }
    }

    /// <summary>What one page of a listing showed.</summary>
    private sealed class Glimpse(NeighbourPage page)
    {
        private readonly Dictionary<string, StoredObject> _found = page.Objects.ToDictionary(static o => o.Key, StringComparer.Ordinal);

        public static Glimpse Nothing { get; } = new(new NeighbourPage("", [], false));

        public StoredObject? Find(string key, out bool isKnown)
        {
            isKnown = page.Covers(key);
            return isKnown ? _found.GetValueOrDefault(key) : null;
        }
    }
}
