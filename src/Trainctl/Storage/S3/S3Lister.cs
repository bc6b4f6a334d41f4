using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>
/// Streams the pages of a listing; the next page is on its way while the caller works on this one. Checks what the rest of the engine builds upon:
/// that keys come in order and that no page is missing. A merge over a wrong order would take objects for gone.
/// </summary>
internal sealed class S3Lister(S3Bucket bucket)
{
    public async IAsyncEnumerable<StoredObject> ListAsync(
        ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var prefix = bucket.FullKey(request.Prefix);
        var next = FetchAsync(prefix, null, stop.Token);
        try
        {
            string? previous = null;
            string? token = null;
            while (next is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var page = await next.ConfigureAwait(false);
                token = NextToken(page, token);
                next = token is null ? null : FetchAsync(prefix, token, stop.Token);
                foreach (var item in page.Objects)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var key = page.IsEncoded ? KeyDecoder.Decode(item.Key) : item.Key;
                    if (key is null)
                    {
                        request.OnProblem?.Invoke(new ListingProblem(
                            item.Key, ListingProblemKind.InvalidName, $"The key '{item.Key}' (percent-encoded) is not valid UTF-8 and was passed over."));
                        continue;
                    }

                    ThrowIfMisplaced(previous, key, prefix);
                    previous = key;
                    if (IsListed(key))
                        yield return Describe(key[bucket.Prefix.Length..], item);
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            if (next is not null)
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The pages after a key, as one request sees them: what is in the store right now, up to a thousand objects.</summary>
    public async Task<IReadOnlyList<StoredObject>?> PageAfterAsync(string key, CancellationToken cancellationToken)
    {
        var page = await FetchAsync(NewRequest(bucket.Prefix).WithQuery("start-after", bucket.FullKey(key)), cancellationToken).ConfigureAwait(false);
        var found = new List<StoredObject>(page.Objects.Count);
        var previous = bucket.FullKey(key);
        foreach (var item in page.Objects)
        {
            var full = page.IsEncoded ? KeyDecoder.Decode(item.Key) : item.Key;
            if (full is null)
                return null;
            ThrowIfMisplaced(previous, full, bucket.Prefix);
            previous = full;
            found.Add(Describe(full[bucket.Prefix.Length..], item));
        }

        return found;
    }

    private Task<ListingPage> FetchAsync(string prefix, string? continuation, CancellationToken cancellationToken)
    {
        var request = NewRequest(prefix);
        if (continuation is not null)
            request.WithQuery("continuation-token", continuation);
        return FetchAsync(request, cancellationToken);
    }

    private Task<ListingPage> FetchAsync(S3Request request, CancellationToken cancellationToken) =>
        bucket.ReadAsync("Listing", null, request, static () => new ListingPage(), cancellationToken);

    private static S3Request NewRequest(string prefix)
    {
        var request = new S3Request(HttpMethod.Get, null) { Patience = StallGuard.WindowOfWork }.WithQuery("list-type", "2").WithQuery("encoding-type", "url");
        return prefix.Length == 0 ? request : request.WithQuery("prefix", prefix);
    }

    private string? NextToken(ListingPage page, string? asked)
    {
        if (!page.IsTruncated)
            return null;
        return page.Next is null || page.Next == asked ? throw Rejected("the store says that there is more, and not how to get it") : page.Next;
    }

    private void ThrowIfMisplaced(string? previous, string key, string prefix)
    {
        if (!key.StartsWith(prefix, StringComparison.Ordinal))
            throw Rejected($"the store listed '{key}', which does not begin with '{prefix}'");
        if (previous is not null && KeyOrder.Compare(previous, key) >= 0)
            throw Rejected($"the store listed '{key}' after '{previous}', which is not the order of UTF-8 bytes that S3 promises");
    }

    /// <summary>The object that has the root's own name with a slash, which consoles make to show a folder, has no name below the root.</summary>
    private bool IsListed(string key) => key.Length > bucket.Prefix.Length && !TemporaryName.Matches(key.AsSpan(key.LastIndexOf('/') + 1));

    private static StoredObject Describe(string key, in ListedObject item) => new()
    {
        Key = key,
        Size = item.Size,
        ModifiedAt = item.ModifiedAt,
        ETag = item.ETag,
        StorageClass = item.StorageClass,
    };

    private TrainctlException Rejected(string what) => new(
        TrainctlError.StoreRejected,
        $"Listing '{bucket.Root}' failed: {what}. Nothing that depends on this listing was done. Trainctl cannot work with such a store safely.",
        bucket.Root.ToString());
}
