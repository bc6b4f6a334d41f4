using Trainctl.Storage;

namespace Trainctl.Tests.Storage;

/// <summary>Another store that passes for a bucket, with uploads that nobody ended. Without versions and tags.</summary>
internal class BucketDouble(IObjectStore inner) : IResumableStore
{
    public List<UnfinishedUpload> Uploads { get; } = [];

    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public string WriteConditions => "";

    public string IdentityOf(string key) => $"double/{key}";

    public virtual Task<bool> IsVersionedAsync(CancellationToken cancellationToken = default) => Task.FromResult(false);

    public virtual IAsyncEnumerable<HiddenVersion> ListHiddenVersionsAsync(string prefix = "", CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<HiddenVersion>();

    public virtual Task<IReadOnlyList<DeleteOutcome>> DeleteVersionsAsync(IReadOnlyList<HiddenVersion> versions, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix = "", CancellationToken cancellationToken = default) => Uploads.ToArray().ToAsyncEnumerable();

    public IAsyncEnumerable<UnfinishedUpload> ListUploadsOfAsync(string key, CancellationToken cancellationToken) =>
        Uploads.Where(u => u.Key == key).ToArray().ToAsyncEnumerable();

    public Task<bool> IsUnfinishedAsync(string key, string uploadId, CancellationToken cancellationToken) => Task.FromResult(Uploads.Exists(u => u.UploadId == uploadId));

    public Task AbortUploadAsync(UnfinishedUpload upload, CancellationToken cancellationToken = default)
    {
        Uploads.Remove(upload);
        return Task.CompletedTask;
    }

    public Task<IResumableWrite> BeginResumableAsync(string key, long size, PutOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IResumableWrite?> ResumeAsync(string key, long size, PutOptions options, string uploadId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>> ReadTagsAsync(string key, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => inner.ListAsync(request, cancellationToken);

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => inner.HeadAsync(key, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        inner.OpenReadAsync(key, range, ifMatch, cancellationToken);

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, content, options, cancellationToken);

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.BeginMultipartAsync(key, size, options, cancellationToken);

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(requests, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
