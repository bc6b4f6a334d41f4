using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;

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
                var isEncoded = page.Encoding == EncodingType.Url;
                foreach (var item in page.S3Objects ?? [])
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var key = isEncoded ? KeyDecoder.Decode(item.Key) : item.Key;
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
        var request = NewRequest(bucket.Prefix);
        request.StartAfter = bucket.FullKey(key);
        var page = await bucket.CallAsync("Listing", null, (client, token) => client.ListObjectsV2Async(request, token), cancellationToken).ConfigureAwait(false);
        var found = new List<StoredObject>(page.S3Objects?.Count ?? 0);
        var previous = bucket.FullKey(key);
        foreach (var item in page.S3Objects ?? [])
        {
            var full = page.Encoding == EncodingType.Url ? KeyDecoder.Decode(item.Key) : item.Key;
            if (full is null)
                return null;
            ThrowIfMisplaced(previous, full, bucket.Prefix);
            previous = full;
            found.Add(Describe(full[bucket.Prefix.Length..], item));
        }

        return found;
    }

    private Task<ListObjectsV2Response> FetchAsync(string prefix, string? continuation, CancellationToken cancellationToken)
    {
        var request = NewRequest(prefix);
        request.ContinuationToken = continuation;
        return bucket.CallAsync("Listing", null, (client, token) => client.ListObjectsV2Async(request, token), cancellationToken);
    }

    private ListObjectsV2Request NewRequest(string prefix) => new() { BucketName = bucket.Name, Prefix = prefix, Encoding = EncodingType.Url };

    private string? NextToken(ListObjectsV2Response page, string? asked)
    {
        if (page.IsTruncated != true)
            return null;
        return string.IsNullOrEmpty(page.NextContinuationToken) || page.NextContinuationToken == asked
            ? throw Rejected("the store says that there is more, and not how to get it")
            : page.NextContinuationToken;
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

    private static StoredObject Describe(string key, S3Object item) => new()
    {
        Key = key,
        Size = item.Size ?? 0,
        ModifiedAt = new DateTimeOffset(item.LastModified?.ToUniversalTime() ?? DateTime.UnixEpoch),
        ETag = ObjectMetadata.Unquote(item.ETag),
        StorageClass = StorageClassName.Of(item.StorageClass?.Value),
    };

    private TrainctlException Rejected(string what) => new(
        TrainctlError.StoreRejected,
        $"Listing '{bucket.Root}' failed: {what}. Nothing that depends on this listing was done. Trainctl cannot work with such a store safely.",
        bucket.Root.ToString());
}
