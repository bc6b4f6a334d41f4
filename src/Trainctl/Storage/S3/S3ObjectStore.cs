using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>A bucket, or a prefix in one, as a store.</summary>
internal sealed partial class S3ObjectStore(S3Bucket bucket) : IBucketStore, IServerSideCopy, IDescribingReader, IStreamedPut, IPageReader
{
    public ObjectUrl Root => bucket.Root;

    public StoreTraits Traits { get; } = new()
    {
        TimeResolution = TimeSpan.FromSeconds(1),
        ListsContentTime = false,
        KeepsChecksums = true,
        IsLocal = false,
        MinPartSizeBytes = 5 * 1024 * 1024,
        MaxPartSizeBytes = 5L * 1024 * 1024 * 1024,
        MaxParts = 10_000,
    };

    public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) =>
        new S3Lister(bucket).ListAsync(request, cancellationToken);

    public Task<NeighbourPage?> PageAfterAsync(string key, int most, CancellationToken cancellationToken) =>
        new S3Lister(bucket).PageAfterAsync(key, most, cancellationToken);

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) =>
        new S3Head(bucket).FindAsync(key, cancellationToken);

    public async Task<Stream> OpenReadAsync(
        string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        if (range is { } wanted && (wanted.Offset < 0 || wanted.Length < 1))
            throw new ArgumentOutOfRangeException(nameof(range), range, "A range begins at 0 or later and holds at least one byte.");
        return await SmallContent.ReadAsync(bucket, key, range, ifMatch, cancellationToken).ConfigureAwait(false);
    }

    public async Task<DescribedContent> OpenDescribedAsync(string key, string? ifMatch, CancellationToken cancellationToken)
    {
        var stream = await S3ReadStream.OpenAsync(bucket, key, null, ifMatch, cancellationToken).ConfigureAwait(false);
        return new DescribedContent(stream.Found, stream);
    }

    public string? RefusalOf(string key) => bucket.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        PutAsync(key, new MemoryBody(content, options.Checksum), options, static _ => { }, cancellationToken);

    public Task<StoredObject> PutAsync(
        string key, IObjectReader source, StoredObject found, PutOptions options, Action<Checksum> onRead, CancellationToken cancellationToken) =>
        PutAsync(key, new ReaderBody(source, found, new ByteRange(0, found.Size)), options, onRead, cancellationToken);

    public async Task<IMultipartWrite> BeginMultipartAsync(
        string key, long size, PutOptions options, CancellationToken cancellationToken = default)
    {
        await bucket.ThrowIfRefusedAsync(key, cancellationToken).ConfigureAwait(false);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (size > bucket.Connection.Provider.MaxObjectBytes)
        {
            throw new TrainctlException(
                TrainctlError.StoreRejected,
                $"'{Root.Append(key)}' would have {size} bytes, and {bucket.Connection.Provider.MaxObjectBytes} is the most that this store takes. Split the file.",
                key);
        }

        return await S3MultipartWrite.BeginAsync(bucket, key, size, ContentTypeOf(key, inParts: true), options, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        new S3Deletion(bucket).DeleteAsync(requests, cancellationToken);

    public Task<bool> IsVersionedAsync(CancellationToken cancellationToken = default) => new S3Versions(bucket).IsVersionedAsync(cancellationToken);

    public IAsyncEnumerable<HiddenVersion> ListHiddenVersionsAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        new S3Versions(bucket).ListAsync(prefix, cancellationToken);

    public Task<IReadOnlyList<DeleteOutcome>> DeleteVersionsAsync(IReadOnlyList<HiddenVersion> versions, CancellationToken cancellationToken = default) =>
        new S3Versions(bucket).DeleteAsync(versions, cancellationToken);

    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        new S3Uploads(bucket).ListAsync(prefix, cancellationToken);

    public Task AbortUploadAsync(UnfinishedUpload upload, CancellationToken cancellationToken = default) =>
        new S3Uploads(bucket).AbortAsync(upload, cancellationToken);

    public async Task<IReadOnlyDictionary<string, string>> ReadTagsAsync(string key, CancellationToken cancellationToken = default)
    {
        var request = new GetObjectTaggingRequest { BucketName = bucket.Name, Key = bucket.FullKey(key) };
        var answer = await bucket.CallAsync("Reading the tags of", key, (client, token) => client.GetObjectTaggingAsync(request, token), cancellationToken)
            .ConfigureAwait(false);
        if (answer.Tagging?.Exists(static t => string.IsNullOrEmpty(t.Key)) == true)
        {
            // Old releases of MinIO answer so for every object, and whatever was meant to be kept by a tag would go.
            throw bucket.Rejected("Reading the tags of", key, "the store answered with a tag that has no name, so it does not keep tags");
        }

        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in answer.Tagging ?? [])
        {
            if (!tags.TryAdd(tag.Key, tag.Value))
                throw bucket.Rejected("Reading the tags of", key, $"the store answered with two tags of the name '{tag.Key}'");
        }

        return tags;
    }

    public long MaxCopyBytes => bucket.Connection.Provider.MaxCopyBytes;

    public Task<StoredObject> CopyAsync(StoredObject found, string key, CancellationToken cancellationToken) => new S3Copy(bucket).CopyAsync(found, key, cancellationToken);

    public ValueTask DisposeAsync()
    {
        bucket.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<StoredObject> PutAsync(string key, S3Body body, PutOptions options, Action<Checksum> onRead, CancellationToken cancellationToken) =>
        new S3Put(bucket).PutAsync(key, ContentTypeOf(key, inParts: false), body, options, onRead, cancellationToken);
}
