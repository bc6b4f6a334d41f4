using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Http.Xml;

namespace Trainctl.Storage.S3;

/// <summary>Copies within a bucket without moving bytes through this machine (docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html).</summary>
internal sealed class S3Copy(S3Bucket bucket)
{
    /// <summary>Far below what a store copies in a second: many answer only when all is copied, and one that is asked again begins anew.</summary>
    private const long SlowestBytesPerSecond = 4 * 1024 * 1024;

    public async Task CopyAsync(StoredObject found, string key, CancellationToken cancellationToken)
    {
        ThrowIfRefused(found.Key);
        ThrowIfRefused(key);
        var patience = StallGuard.WindowOfWork + TimeSpan.FromSeconds(found.Size / SlowestBytesPerSecond);
        var request = new S3Request(HttpMethod.Put, bucket.FullKey(key)) { Patience = patience, AnswerPatience = patience }
            .With("x-amz-copy-source", $"/{bucket.Name}/{UriText.OfKey(bucket.FullKey(found.Key))}")
            .With("x-amz-copy-source-if-match", found.ETag is null ? null : $"\"{found.ETag}\"")
            .With("x-amz-metadata-directive", "COPY")
            .With("x-amz-storage-class", found.StorageClass)
            .With("x-amz-server-side-encryption", bucket.Connection.ServerSideEncryption)
            .With("x-amz-server-side-encryption-aws-kms-key-id", bucket.Connection.KmsKeyId);
        await bucket.ReadAsync("Copying", found.Key, request, static () => new Copied(), cancellationToken).ConfigureAwait(false);
        var copy = await new S3Head(bucket).FindAsync(key, cancellationToken).ConfigureAwait(false);
        if (copy?.Size != found.Size || copy.ContentModifiedAt != found.ContentModifiedAt || (copy.Checksum is { } kept && found.Checksum is { } was && kept != was))
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch, $"The copy '{bucket.Root.Append(key)}' is not what '{bucket.Root.Append(found.Key)}' is. Run again; do not use the copy meanwhile.", key);
        }
    }

    private void ThrowIfRefused(string key)
    {
        if (bucket.RefusalOf(key) is { } reason)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{bucket.Root}': {reason}.", key);
    }

    /// <summary>That it is this answer, and whole, says enough: the copy is looked at afterwards.</summary>
    private sealed class Copied : IAnswerContent
    {
        public ReadOnlySpan<byte> Root => "CopyObjectResult"u8;

        public void Begin(XmlScanner at)
        {
        }

        public void End(XmlScanner at)
        {
        }
    }
}
