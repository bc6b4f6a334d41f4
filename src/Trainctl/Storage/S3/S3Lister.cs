using System.Globalization;
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
    /// <summary>What a service tells at once.</summary>
    public const int MostPerPage = 1000;

    public async IAsyncEnumerable<StoredObject> ListAsync(
        ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var prefix = bucket.FullKey(request.Prefix);
        var ahead = new PagesAhead(request.Ahead, bucket.Prefix, prefix, after => FetchAsync(NewRequest(prefix).WithQuery("start-after", after), stop.Token), bucket.NetworkTime);
        var next = FetchAsync(NewRequest(prefix), stop.Token);
        try
        {
            string? previous = null;
            PagePlace? place = null;
            while (next is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var page = await next.ConfigureAwait(false);
                place = PlaceAfter(page, place);
                next = place is { } rest ? ahead.NextAsync(page, () => FetchAsync(rest.AddTo(NewRequest(prefix)), stop.Token)) : null;
                if (next is not null)
                    await ahead.AskAsync().ConfigureAwait(false);
                foreach (var item in page.Objects)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var key = page.KeyOf(item);
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
            await ahead.EndAsync().ConfigureAwait(false);
            if (next is not null)
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc cref="IPageReader.PageAfterAsync"/>
    public async Task<NeighbourPage?> PageAfterAsync(string key, int most, CancellationToken cancellationToken)
    {
        var request = NewRequest(bucket.Prefix).WithQuery("start-after", bucket.FullKey(key));
        if (most < MostPerPage)
            request = request.WithQuery("max-keys", most.ToString(CultureInfo.InvariantCulture));
        var page = await FetchAsync(request, cancellationToken).ConfigureAwait(false);
        if (page.IsOfVersion1)
            return null;
        var found = new List<StoredObject>(page.Objects.Count);
        var previous = bucket.FullKey(key);
        foreach (var item in page.Objects)
        {
            var full = page.KeyOf(item);
            if (full is null)
                return null;
            ThrowIfMisplaced(previous, full, bucket.Prefix);
            previous = full;
            found.Add(Describe(full[bucket.Prefix.Length..], item));
        }

        return new NeighbourPage(key, found, !page.IsTruncated);
    }

    private Task<ListingPage> FetchAsync(S3Request request, CancellationToken cancellationToken) =>
        bucket.ReadAsync("Listing", null, request, static () => new ListingPage(), cancellationToken);

    private static S3Request NewRequest(string prefix)
    {
        var request = new S3Request(HttpMethod.Get, null) { Patience = StallGuard.WindowOfWork }.WithQuery("list-type", "2").WithQuery("encoding-type", "url");
        return prefix.Length == 0 ? request : request.WithQuery("prefix", prefix);
    }

    /// <summary>Where the next page begins; null when there is none.</summary>
    private PagePlace? PlaceAfter(ListingPage page, PagePlace? asked)
    {
        if (!page.IsTruncated)
            return null;
        var place = page.Next is { } token ? new PagePlace(null, token)
            : page.IsOfVersion1 && bucket.Connection.Provider.MayListByVersion1 && page.LastKey is { } last ? new PagePlace(last, null)
            : throw Rejected("the store says that there is more, and not how to get it");
        return place != asked ? place : throw Rejected("the store says that there is more, and gave the same place as before for it");
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

    /// <summary>Where a page begins: behind a key for version 1, at a token for version 2.</summary>
    private readonly record struct PagePlace(string? After, string? Token)
    {
        public S3Request AddTo(S3Request request) => After is null ? request.WithQuery("continuation-token", Token!) : request.WithQuery("marker", After);
    }

    private TrainctlException Rejected(string what) => new(
        TrainctlError.StoreRejected,
        $"Listing '{bucket.Root}' failed: {what}. Nothing that depends on this listing was done. Trainctl cannot work with such a store safely.",
        bucket.Root.ToString());
}
