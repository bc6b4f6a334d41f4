using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>Another store that passes for a bucket, with uploads that nobody ended. Without versions and tags.</summary>
internal class BucketDouble(IObjectStore inner) : ForwardingStore(inner), IResumableStore
{
    public List<UnfinishedUpload> Uploads { get; } = [];

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
}
