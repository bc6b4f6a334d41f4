using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>Describes one object.</summary>
internal sealed class S3Head(S3Bucket bucket)
{
    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        // No object can have such a key, and an empty one would ask about the bucket.
        if (bucket.ImpossibilityOf(key) is not null)
            return null;
        var request = new S3Request(HttpMethod.Head, bucket.FullKey(key)).With("x-amz-checksum-mode", ObjectHeaders.ChecksumMode(bucket.Connection));
        try
        {
            using var answer = await bucket.SendAsync("Looking at", key, request, cancellationToken).ConfigureAwait(false);
            return ObjectHeaders.Describe(bucket.Connection, key, answer, answer.Content.Headers.ContentLength ?? throw bucket.Rejected("Looking at", key, "the store told no length"));
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
            using var answer = await bucket.SendAsync("Looking at", null, new S3Request(HttpMethod.Head, null), cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.AccessDenied)
        {
            // It is there, and its objects may still be readable.
        }
    }
}
