using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;

namespace Trainctl.Tests.Doctor;

/// <summary>A bucket in memory that answers probes and keeps unfinished uploads, and may deny aborting or listing them.</summary>
internal sealed class ProbedBucket : IResumableStore, IProbedStore
{
    private readonly MemoryStore _objects = new("s3://lab", MemoryStore.S3Traits);
    private readonly Dictionary<string, UnfinishedUpload> _uploads = new(StringComparer.Ordinal);

    public bool MayAbort { get; init; } = true;

    public bool MayListUploads { get; init; } = true;

    /// <summary>Whether it tells when uploads were begun.</summary>
    public bool DatesUploads { get; init; } = true;

    public IReadOnlyCollection<UnfinishedUpload> Uploads => _uploads.Values;

    /// <summary>How many were begun.</summary>
    public int Begun { get; private set; }

    /// <summary>What it answers first.</summary>
    public StoreAnswer Answer { get; init; } = new(200, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, "here-1", "here-1");

    public StoreProvider Provider => StoreProvider.Other;

    public ObjectUrl Root => _objects.Root;

    public StoreTraits Traits => _objects.Traits;

    public string WriteConditions => "";

    public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => _objects.ListAsync(request, cancellationToken);

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => _objects.HeadAsync(key, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        _objects.OpenReadAsync(key, range, ifMatch, cancellationToken);

    public string? RefusalOf(string key) => _objects.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        _objects.PutAsync(key, content, options, cancellationToken);

    public async Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        await BeginResumableAsync(key, size, options, cancellationToken);

    public Task<IResumableWrite> BeginResumableAsync(string key, long size, PutOptions options, CancellationToken cancellationToken)
    {
        var upload = new UnfinishedUpload(key, $"upload-{++Begun}", DatesUploads ? DateTimeOffset.UnixEpoch : null, 0);
        _uploads.Add(upload.UploadId, upload);
        return Task.FromResult<IResumableWrite>(new Write(this, upload));
    }

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        _objects.DeleteAsync(requests, cancellationToken);

    public Task AbortUploadAsync(UnfinishedUpload upload, CancellationToken cancellationToken = default)
    {
        if (!MayAbort)
            throw new TrainctlException(TrainctlError.AccessDenied, "Aborting was denied.", upload.Key);
        _uploads.Remove(upload.UploadId);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix = "", CancellationToken cancellationToken = default) => MayListUploads
        ? _uploads.Values.ToArray().ToAsyncEnumerable()
        : throw new TrainctlException(TrainctlError.AccessDenied, "Listing was denied.", prefix);

    public IAsyncEnumerable<UnfinishedUpload> ListUploadsOfAsync(string key, CancellationToken cancellationToken) => ListUnfinishedUploadsAsync(key, cancellationToken);

    public Task<bool> IsVersionedAsync(CancellationToken cancellationToken = default) => Task.FromResult(false);

    public IAsyncEnumerable<HiddenVersion> ListHiddenVersionsAsync(string prefix = "", CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<HiddenVersion>();

    public Task<IReadOnlyList<DeleteOutcome>> DeleteVersionsAsync(IReadOnlyList<HiddenVersion> versions, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<DeleteOutcome>>([]);

    public Task<IReadOnlyDictionary<string, string>> ReadTagsAsync(string key, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    public string IdentityOf(string key) => "lab/" + key;

    public Task<IResumableWrite?> ResumeAsync(string key, long size, PutOptions options, string uploadId, CancellationToken cancellationToken) => Task.FromResult<IResumableWrite?>(null);

    public Task<bool> IsUnfinishedAsync(string key, string uploadId, CancellationToken cancellationToken) => Task.FromResult(_uploads.ContainsKey(uploadId));

    public IReadOnlyList<(string Name, string Value)> Describe() => [];

    public Task<StoreAnswer> ReachAsync(TimeProvider time, CancellationToken cancellationToken) => Task.FromResult(Answer);

    public Task<string> FindCredentialsAsync(CancellationToken cancellationToken) => Task.FromResult("none");

    /// <summary>Whether it looks at the digest of a part; it does so with objects.</summary>
    public bool ChecksParts { get; init; } = true;

    /// <summary>What it was sent damaged parts of.</summary>
    public List<string> DamagedUploads { get; } = [];

    public Task<Probe> RefusesDamageAsync(string key, UnfinishedUpload? upload, CancellationToken cancellationToken)
    {
        if (upload is not null)
            DamagedUploads.Add(_uploads[upload.UploadId].UploadId);
        return ChecksParts ? Works() : throw new TrainctlException(TrainctlError.ChecksumMismatch, "A part was taken.", key);
    }

    public Task<Probe> HasConditionalPutAsync(string key, CancellationToken cancellationToken) => Works();

    public Task<Probe> HasConditionalDeleteAsync(string key, CancellationToken cancellationToken) => Works();

    public Task<Probe> DeletesManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => Works();

    public ValueTask DisposeAsync() => _objects.DisposeAsync();

    private static Task<Probe> Works() => Task.FromResult(new Probe(true, "works", ""));

    private sealed class Write(ProbedBucket bucket, UnfinishedUpload upload) : IResumableWrite
    {
        private bool _isKept;

        public string UploadId => upload.UploadId;

        public long BytesFound => 0;

        public Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task<Checksum> WritePartAsync(int number, IObjectReader source, StoredObject found, ByteRange range, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public bool MayHave(int number, long length) => false;

        public ValueTask<bool> TryAdoptAsync(int number, long offset, long length, Checksum checksum, string? tag, Func<ValueTask<string>> readMd5) => ValueTask.FromResult(false);

        public string? TagOf(int number) => null;

        public void Keep() => _isKept = true;

        /// <summary>As of S3: what cannot be aborted is only logged.</summary>
        public ValueTask DisposeAsync()
        {
            if (!_isKept && bucket.MayAbort)
                bucket._uploads.Remove(upload.UploadId);
            return ValueTask.CompletedTask;
        }
    }
}
