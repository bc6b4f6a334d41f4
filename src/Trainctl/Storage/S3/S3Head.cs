using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>Describes one object.</summary>
internal sealed class S3Head(S3Bucket bucket)
{
    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        // No object can have such a key, and an empty one would ask about the bucket.
        if (KeyRules.RefusalOf(key, bucket.PrefixBytes) is not null)
            return null;
        var request = new GetObjectMetadataRequest { BucketName = bucket.Name, Key = bucket.FullKey(key) };
        if (bucket.Connection.Provider.TakesCrc64)
            request.ChecksumMode = ChecksumMode.ENABLED;
        try
        {
            var answer = await bucket.CallAsync("Looking at", key, (client, token) => client.GetObjectMetadataAsync(request, token), cancellationToken)
                .ConfigureAwait(false);
            return Describe(key, answer);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ObjectNotFound)
        {
            await ThrowIfBucketIsMissingAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>An answer to HEAD has no body, so 404 for a key and for its bucket look alike: asked once, until the bucket has been seen.</summary>
    private async Task ThrowIfBucketIsMissingAsync(CancellationToken cancellationToken)
    {
        if (bucket.Exists)
            return;
        try
        {
            await bucket.CallAsync(
                "Looking at", null, (client, token) => client.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket.Name }, token), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.AccessDenied)
        {
            // It is there, and its objects may still be readable.
        }
    }

    private StoredObject Describe(string key, GetObjectMetadataResponse answer)
    {
        var etag = ObjectMetadata.Unquote(answer.ETag);
        var encryption = answer.ServerSideEncryptionCustomerMethod?.Value is { Length: > 0 } customer
            ? customer + ", key of the customer"
            : answer.ServerSideEncryptionMethod?.Value;
        return new StoredObject
        {
            Key = key,
            Size = answer.ContentLength,
            ModifiedAt = new DateTimeOffset(answer.LastModified?.ToUniversalTime() ?? DateTime.UnixEpoch),
            ContentModifiedAt = ObjectMetadata.ParseTime(answer.Metadata[ObjectMetadata.TimeName]),
            ETag = etag,
            VersionId = answer.VersionId is "" or "null" ? null : answer.VersionId,
            Checksum = ObjectMetadata.ParseChecksum(answer.Metadata[ObjectMetadata.ChecksumName]) ?? KeptByTheStore(answer),
            ContentMd5 = bucket.Connection.Provider.Md5Of(etag, encryption),
            StorageClass = StorageClassName.Of(answer.StorageClass),
        };
    }

    private static Checksum? KeptByTheStore(GetObjectMetadataResponse answer) =>
        answer.ChecksumType == ChecksumType.FULL_OBJECT ? PayloadProof.ParseCrc64(answer.ChecksumCRC64NVME) : null;
}
