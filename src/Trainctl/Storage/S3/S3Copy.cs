using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>Copies within a bucket without moving bytes through this machine.</summary>
internal sealed class S3Copy(S3Bucket bucket)
{
    public async Task CopyAsync(StoredObject found, string key, CancellationToken cancellationToken)
    {
        if (bucket.RefusalOf(key) is { } reason)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{bucket.Root}': {reason}.", key);
        var request = new CopyObjectRequest
        {
            SourceBucket = bucket.Name,
            SourceKey = bucket.FullKey(found.Key),
            DestinationBucket = bucket.Name,
            DestinationKey = bucket.FullKey(key),
            ETagToMatch = found.ETag is null ? null : $"\"{found.ETag}\"",
            MetadataDirective = S3MetadataDirective.COPY,
            ServerSideEncryptionMethod = bucket.Connection.ServerSideEncryption,
            ServerSideEncryptionKeyManagementServiceKeyId = bucket.Connection.KmsKeyId,
            StorageClass = found.StorageClass is { } name ? S3StorageClass.FindValue(name) : null,
        };
        await bucket.CallAsync("Copying", found.Key, (client, token) => client.CopyObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
        var copy = await new S3Head(bucket).FindAsync(key, cancellationToken).ConfigureAwait(false);
        if (copy?.Size != found.Size || copy.ContentModifiedAt != found.ContentModifiedAt || (copy.Checksum is { } kept && found.Checksum is { } was && kept != was))
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch, $"The copy '{bucket.Root.Append(key)}' is not what '{bucket.Root.Append(found.Key)}' is. Run again; do not use the copy meanwhile.", key);
        }
    }
}
