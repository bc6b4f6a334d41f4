using Trainctl.Storage;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A store that copies by itself, as buckets do, and lets a test do something right before.</summary>
internal sealed class CopyingStore(IObjectStore inner) : IObjectStore, IServerSideCopy
{
    /// <summary>Called with the key of a copy before it is made.</summary>
    public Action<string>? OnCopy { get; set; }

    /// <summary>Called with the key of a copy after it was made.</summary>
    public Action<string>? OnCopied { get; set; }

    /// <summary>Called with a key that was asked for, and what was found there.</summary>
    public Action<string, StoredObject?>? OnHead { get; set; }

    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public long MaxCopyBytes => long.MaxValue;

    public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => inner.ListAsync(request, cancellationToken);

    public async Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        var found = await inner.HeadAsync(key, cancellationToken);
        OnHead?.Invoke(key, found);
        return found;
    }

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        inner.OpenReadAsync(key, range, ifMatch, cancellationToken);

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, content, options, cancellationToken);

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.BeginMultipartAsync(key, size, options, cancellationToken);

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(requests, cancellationToken);

    public async Task<StoredObject> CopyAsync(StoredObject found, string key, CancellationToken cancellationToken)
    {
        OnCopy?.Invoke(key);
        await using var stream = await inner.OpenReadAsync(found.Key, null, found.ETag, cancellationToken);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        var copy = await inner.PutAsync(key, content.ToArray(), new PutOptions { ContentModifiedAt = found.ContentModifiedAt, Checksum = found.Checksum }, cancellationToken);
        OnCopied?.Invoke(key);
        return copy;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
