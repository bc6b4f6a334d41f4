using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Http.Xml;

namespace Trainctl.Storage.S3;

/// <summary>Copies within a bucket without moving bytes through this machine (docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html).</summary>
internal sealed class S3Copy(S3Bucket bucket)
{
    /// <summary>Far below what a store copies in a second: many answer only when all is copied, and one that is asked again begins anew.</summary>
    private const long SlowestBytesPerSecond = 4 * 1024 * 1024;

    public async Task<StoredObject> CopyAsync(StoredObject found, string key, CancellationToken cancellationToken)
    {
        ThrowIfRefused(found.Key);
        ThrowIfRefused(key);
        var patience = StallGuard.WindowOfWork + TimeSpan.FromSeconds(found.Size / SlowestBytesPerSecond);
        var request = new S3Request(HttpMethod.Put, bucket.FullKey(key)) { Patience = patience, AnswerPatience = patience }
            .With("x-amz-copy-source", $"/{bucket.Name}/{UriText.OfKey(bucket.FullKey(found.Key))}")
            .With("x-amz-copy-source-if-match", found.ETag is null ? null : $"\"{found.ETag}\"")
            .With("x-amz-metadata-directive", "COPY")
            .With("x-amz-storage-class", found.ClassOfCopy);
        ObjectHeaders.AddEncryption(request, found.Encryption, bucket.Connection);
        var made = await bucket.ReadAsync("Copying", found.Key, request, static () => new Copied(), cancellationToken).ConfigureAwait(false);
        var copy = await new S3Head(bucket).FindAsync(key, cancellationToken).ConfigureAwait(false);
        if (copy is not null && CopyProof.Holds(found, copy))
            return copy;
        var isGone = copy is null || (copy.ETag == made.ETag && await TryDeleteAsync(copy, cancellationToken).ConfigureAwait(false));
        throw new TrainctlException(
            TrainctlError.ChecksumMismatch,
            $"The copy '{bucket.Root.Append(key)}' is not what '{bucket.Root.Append(found.Key)}' is{(isGone ? ", and was deleted. Run again." : ". Run again; do not use the copy meanwhile.")}",
            key);
    }

    /// <summary>Best effort: what cannot be deleted is told of, and is no copy to whoever looks for one.</summary>
    private async Task<bool> TryDeleteAsync(StoredObject copy, CancellationToken cancellationToken)
    {
        try
        {
            return (await new S3Deletion(bucket).DeleteAsync([new DeleteRequest(copy.Key, copy)], cancellationToken).ConfigureAwait(false))[0].Failure is null;
        }
        catch (TrainctlException)
        {
            return false;
        }
    }

    private void ThrowIfRefused(string key)
    {
        if (bucket.RefusalOf(key) is { } reason)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{bucket.Root}': {reason}.", key);
    }

    /// <summary>That it is this answer, and whole, says that it is done: the copy is looked at afterwards.</summary>
    private sealed class Copied : IAnswerContent
    {
        public ReadOnlySpan<byte> Root => "CopyObjectResult"u8;

        /// <summary>Of the copy; null when the store tells none.</summary>
        public string? ETag { get; private set; }

        public void Begin(XmlScanner at)
        {
        }

        public void End(XmlScanner at)
        {
            if (at.Depth == 2 && at.Name.SequenceEqual("ETag"u8))
                ETag = ObjectMetadata.Unquote(at.Value());
        }
    }
}
