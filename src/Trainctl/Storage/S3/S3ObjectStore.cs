using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>A bucket, or a prefix in one, as a store.</summary>
internal sealed partial class S3ObjectStore(S3Bucket bucket) : IBucketStore, IServerSideCopy, IDescribingReader
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

    public async Task<StoredObject> PutAsync(
        string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
    {
        await ThrowIfRefusedAsync(key, cancellationToken).ConfigureAwait(false);
        var body = new MemoryBody(content, options.Checksum);
        var proof = await PayloadProof.OfAsync(body, bucket.Connection, cancellationToken).ConfigureAwait(false);
        var request = new S3Request(HttpMethod.Put, bucket.FullKey(key)) { Body = body, IsBodyUnsigned = proof.IsPayloadUnsigned }
            .With("content-type", ContentTypeOf(key, inParts: false)).With("content-md5", proof.Md5Base64).With("x-amz-checksum-crc64nvme", proof.Crc64Base64)
            .With("x-amz-storage-class", options.StorageClass)
            .With("x-amz-server-side-encryption", bucket.Connection.ServerSideEncryption)
            .With("x-amz-server-side-encryption-aws-kms-key-id", bucket.Connection.KmsKeyId);
        foreach (var (name, value) in ObjectMetadata.Of(options))
            request.With("x-amz-meta-" + name, value);
        using var answer = await bucket.SendAsync("Writing", key, request, cancellationToken).ConfigureAwait(false);
        var etag = ObjectMetadata.Unquote(answer.Header("etag"));
        var md5 = bucket.Connection.Provider.Md5Of(etag, answer.Header("x-amz-server-side-encryption"));
        if (md5 is not null && proof.Md5Hex is { } sent && md5 != sent)
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"Writing '{Root.Append(key)}' failed: the store holds content with the MD5 {md5}, and {sent} was sent. Run again; do not use the object meanwhile.",
                key);
        }

        return new StoredObject
        {
            Key = key,
            Size = content.Length,
            ModifiedAt = AtResolution(DateTimeOffset.UtcNow),
            ContentModifiedAt = options.ContentModifiedAt?.ToUniversalTime(),
            ETag = etag,
            VersionId = answer.Header("x-amz-version-id"),
            Checksum = options.Checksum,
            ContentMd5 = md5,
            StorageClass = options.StorageClass,
        };
    }

    public async Task<IMultipartWrite> BeginMultipartAsync(
        string key, long size, PutOptions options, CancellationToken cancellationToken = default)
    {
        await ThrowIfRefusedAsync(key, cancellationToken).ConfigureAwait(false);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (size > bucket.Connection.Provider.MaxObjectBytes)
        {
            throw new TrainctlException(
                TrainctlError.StoreRejected,
                $"'{Root.Append(key)}' would have {size} bytes, and {bucket.Connection.Provider.MaxObjectBytes} is the most that this store takes. Split the file.",
                key);
        }

        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            ContentType = ContentTypeOf(key, inParts: true),
            StorageClass = StorageClassOf(options),
            ServerSideEncryptionMethod = bucket.Connection.ServerSideEncryption,
            ServerSideEncryptionKeyManagementServiceKeyId = bucket.Connection.KmsKeyId,
        };
        if (bucket.Connection.Provider.TakesCrc64)
        {
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC64NVME;
            request.ChecksumType = ChecksumType.FULL_OBJECT;
        }

        foreach (var (name, value) in ObjectMetadata.Of(options))
            request.Metadata.Add(name, value);
        var answer = await bucket.CallAsync("Writing", key, (client, token) => client.InitiateMultipartUploadAsync(request, token), cancellationToken)
            .ConfigureAwait(false);
        return new S3MultipartWrite(bucket, key, size, options, answer.UploadId);
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

        return (answer.Tagging ?? []).ToDictionary(static t => t.Key, static t => t.Value, StringComparer.Ordinal);
    }

    public long MaxCopyBytes => bucket.Connection.Provider.MaxCopyBytes;

    public Task CopyAsync(StoredObject found, string key, CancellationToken cancellationToken) => new S3Copy(bucket).CopyAsync(found, key, cancellationToken);

    public ValueTask DisposeAsync()
    {
        bucket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DateTimeOffset AtResolution(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static S3StorageClass? StorageClassOf(PutOptions options) => options.StorageClass is { } name ? S3StorageClass.FindValue(name) : null;

    private async ValueTask ThrowIfRefusedAsync(string key, CancellationToken cancellationToken)
    {
        await bucket.MeetAsync(key, cancellationToken).ConfigureAwait(false);
        if (RefusalOf(key) is { } reason)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{Root}': {reason}.", key);
    }
}
