using System.Net;
using Amazon.S3;
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
        try
        {
            using var answer = await AskAsync(key, cancellationToken).ConfigureAwait(false);
            return ObjectHeaders.Describe(bucket.Connection, key, answer, answer.Content.Headers.ContentLength ?? throw bucket.Rejected("Looking at", key, ObjectHeaders.NoLength));
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ObjectNotFound || IsImpossible(exception))
        {
            await ThrowIfBucketIsMissingAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>Whether the store says that no object can have such a key; no other refusal says that there is none.</summary>
    private static bool IsImpossible(TrainctlException exception) =>
        exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.BadRequest, ErrorCode: "XMinioInvalidObjectName" };

    /// <summary>
    /// An answer to HEAD has no body, so a refusal does not say whether credentials have expired, the clock is wrong or nobody may look. Asked for its first
    /// byte, the store says why, and what can be put right is put right as with any request.
    /// </summary>
    private async Task<HttpResponseMessage> AskAsync(string key, CancellationToken cancellationToken)
    {
        var mode = ObjectHeaders.ChecksumMode(bucket.Connection);
        try
        {
            return await (mode is null ? SendAsync(key, null, cancellationToken) : AskWithChecksumAsync(key, mode, cancellationToken)).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.Forbidden })
        {
            await FindReasonAsync(key, cancellationToken).ConfigureAwait(false);
            return await SendAsync(key, mode, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The checksum of an object that a key of a key service encrypts is for those who may decrypt it (docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html: kms:Decrypt). Who only
    /// deletes may look without it.
    /// </summary>
    private async Task<HttpResponseMessage> AskWithChecksumAsync(string key, string mode, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(key, mode, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden })
        {
            return await SendAsync(key, null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <param name="key">The object.</param>
    /// <param name="mode">Null leaves out what the store keeps of the content.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private Task<HttpResponseMessage> SendAsync(string key, string? mode, CancellationToken cancellationToken)
    {
        var request = new S3Request(HttpMethod.Head, bucket.FullKey(key)) { IsAsStored = bucket.Connection.Provider.Decompresses }.With("x-amz-checksum-mode", mode);
        return bucket.SendAsync("Looking at", key, request, cancellationToken);
    }

    /// <summary>Fails with the reason; returns where there is none any more.</summary>
    private async Task FindReasonAsync(string key, CancellationToken cancellationToken)
    {
        var request = new S3Request(HttpMethod.Get, bucket.FullKey(key)).With("range", "bytes=0-0");
        try
        {
            using var answer = await bucket.SendAsync("Looking at", key, request, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.RequestedRangeNotSatisfiable })
        {
            // It is empty, and may be looked at.
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
