using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>Multipart uploads that have not ended: programs that died leave them behind, and their parts are paid for.</summary>
internal sealed class S3Uploads(S3Bucket bucket)
{
    private const int ParallelRequests = 16;

    /// <summary>Those of one object, which every service tells.</summary>
    public IAsyncEnumerable<UnfinishedUpload> ListOfAsync(string key, CancellationToken cancellationToken) =>
        ListAsync(key, isWholeKey: true, cancellationToken).Where(upload => upload.Key == key);

    /// <exception cref="TrainctlException">The service tells only those of one object, and would answer that there are none.</exception>
    public IAsyncEnumerable<UnfinishedUpload> ListAsync(string prefix, CancellationToken cancellationToken) => ListAsync(prefix, isWholeKey: false, cancellationToken);

    private async IAsyncEnumerable<UnfinishedUpload> ListAsync(string prefix, bool isWholeKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = bucket.Name, Prefix = bucket.FullKey(prefix), Encoding = EncodingType.Url };
        while (true)
        {
            var page = await bucket.CallAsync("Listing the uploads to", null, (client, token) => client.ListMultipartUploadsAsync(request, token), cancellationToken)
                .ConfigureAwait(false);
            if (!isWholeKey && !bucket.Connection.Provider.ListsUploads)
                throw NotListed();
            foreach (var upload in await MeasureAsync(page, request.Prefix, cancellationToken).ConfigureAwait(false))
            {
                if (upload is not null)
                    yield return upload;
            }

            if (page.IsTruncated != true)
                yield break;
            if (string.IsNullOrEmpty(page.NextKeyMarker) || KeyDecoder.DecodeUpload(page.NextKeyMarker, page.EncodingType) is not { } marker
                || (marker == request.KeyMarker && page.NextUploadIdMarker == request.UploadIdMarker))
            {
                throw new TrainctlException(
                    TrainctlError.StoreRejected,
                    $"Listing the uploads to '{bucket.Root}' failed: the store says that there is more, and not how to get it.",
                    bucket.Root.ToString());
            }

            request.KeyMarker = marker;
            request.UploadIdMarker = page.NextUploadIdMarker;
        }
    }

    public async Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellationToken)
    {
        var request = new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = bucket.FullKey(upload.Key), UploadId = upload.UploadId };
        try
        {
            await bucket.CallAsync("Aborting the upload of", upload.Key, (client, token) => client.AbortMultipartUploadAsync(request, token), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (IsGone(exception))
        {
            // Completed or aborted by somebody else.
        }
    }

    /// <summary>Where a key can be read in two ways, that one counts of which the store has an upload of this name.</summary>
    private async Task<UnfinishedUpload?[]> MeasureAsync(ListMultipartUploadsResponse page, string prefix, CancellationToken cancellationToken)
    {
        var uploads = page.MultipartUploads ?? [];
        var measured = new UnfinishedUpload?[uploads.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelRequests, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, uploads.Count, parallel, async (i, token) =>
        {
            var upload = uploads[i];
            if (string.IsNullOrEmpty(upload.UploadId))
                return;
            DateTimeOffset? startedAt = upload.Initiated is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null;
            foreach (var full in KeyDecoder.ReadingsOfUpload(upload.Key ?? "", page.EncodingType))
            {
                if (!full.StartsWith(prefix, StringComparison.Ordinal) || full.Length == bucket.Prefix.Length)
                    continue;
                var key = full[bucket.Prefix.Length..];
                if (await SizeAsync(key, upload.UploadId, token).ConfigureAwait(false) is not { } bytes)
                    continue;
                measured[i] = new UnfinishedUpload(key, upload.UploadId, startedAt, bytes);
                return;
            }
        }).ConfigureAwait(false);
        return measured;
    }

    /// <summary>Size of the parts that are there; null when the upload has ended meanwhile, or is of another key.</summary>
    private async Task<long?> SizeAsync(string key, string uploadId, CancellationToken cancellationToken) =>
        (await PartsAsync(key, uploadId, cancellationToken).ConfigureAwait(false))?.Sum(static p => p.Size ?? 0);

    /// <summary>The parts that are there; null when there is no such upload any more.</summary>
    public async Task<IReadOnlyList<PartDetail>?> PartsAsync(string key, string uploadId, CancellationToken cancellationToken)
    {
        var request = new ListPartsRequest { BucketName = bucket.Name, Key = bucket.FullKey(key), UploadId = uploadId };
        var parts = new List<PartDetail>();
        var bytes = 0L;
        while (true)
        {
            ListPartsResponse page;
            try
            {
                page = await bucket.CallAsync("Listing the parts of", key, (client, token) => client.ListPartsAsync(request, token), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (TrainctlException exception) when (IsGone(exception))
            {
                return null;
            }

            foreach (var part in page.Parts ?? [])
            {
                if (part.Size < 0 || part.Size > long.MaxValue - bytes)
                    throw bucket.Rejected("Listing the parts of", key, "the store told sizes that no upload has");
                bytes += part.Size ?? 0;
                parts.Add(part);
            }

            if (page.IsTruncated != true || page.NextPartNumberMarker is null || page.NextPartNumberMarker.ToString() == request.PartNumberMarker)
                return parts;
            request.PartNumberMarker = page.NextPartNumberMarker.ToString();
        }
    }

    /// <summary>Only known after an answer, where the service is known by its answers.</summary>
    private TrainctlException NotListed() => new(
        TrainctlError.StoreRejected,
        $"The unfinished uploads to '{bucket.Root}' cannot be listed: a service of {bucket.Connection.Provider.Name} tells only those of one object by its whole key. "
        + "It removes old ones by itself; see docs/providers.md.",
        bucket.Root.ToString());

    private static bool IsGone(TrainctlException exception) =>
        exception.Error == TrainctlError.ObjectNotFound || exception.InnerException is AmazonS3Exception { ErrorCode: "NoSuchUpload" };
}
