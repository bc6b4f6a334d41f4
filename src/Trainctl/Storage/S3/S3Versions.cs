using System.Runtime.CompilerServices;
using System.Xml;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>What a versioned bucket keeps behind its current objects.</summary>
internal sealed class S3Versions(S3Bucket bucket)
{
    private const int ParallelSingles = 16;

    public async Task<bool> IsVersionedAsync(CancellationToken cancellationToken)
    {
        var request = new GetBucketVersioningRequest { BucketName = bucket.Name };
        var status = await bucket.CallAsync("Asking for the versioning of", null, (client, token) => ReadStatusAsync(client, request, token), cancellationToken).ConfigureAwait(false);
        return status == VersionStatus.Enabled || status == VersionStatus.Suspended;
    }

    /// <summary>Old releases of MinIO, which keep no versions, answer with success and no content at all.</summary>
    private static async Task<VersionStatus?> ReadStatusAsync(IAmazonS3 client, GetBucketVersioningRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetBucketVersioningAsync(request, cancellationToken).ConfigureAwait(false)).VersioningConfig?.Status;
        }
        catch (XmlException exception) when (exception is { LineNumber: 0, LinePosition: 0 })
        {
            return null;
        }
    }

    public async IAsyncEnumerable<HiddenVersion> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListVersionsRequest { BucketName = bucket.Name, Prefix = bucket.FullKey(prefix), Encoding = EncodingType.Url };
        S3ObjectVersion? newer = null;
        while (true)
        {
            var page = await bucket.CallAsync("Listing the versions of", null, (client, token) => client.ListVersionsAsync(request, token), cancellationToken)
                .ConfigureAwait(false);
            foreach (var version in page.Versions ?? [])
            {
                var successor = newer?.Key == version.Key ? newer : version;
                newer = version;
                if (Describe(version, successor, page.Encoding) is { } hidden)
                    yield return hidden;
            }

            if (page.IsTruncated != true)
                yield break;
            if (string.IsNullOrEmpty(page.NextKeyMarker) || KeyDecoder.Decode(page.NextKeyMarker, page.Encoding) is not { } marker
                || (marker == request.KeyMarker && page.NextVersionIdMarker == request.VersionIdMarker))
            {
                throw Endless("versions");
            }

            request.KeyMarker = marker;
            request.VersionIdMarker = page.NextVersionIdMarker;
        }
    }

    /// <summary>Versions of a key come newest first, so that the one before this one hid it. One without an identity would be deleted as the object itself.</summary>
    private HiddenVersion? Describe(S3ObjectVersion version, S3ObjectVersion successor, EncodingType? encoding)
    {
        var isMarker = version.IsDeleteMarker == true;
        var isCurrent = version.IsLatest == true;
        var key = KeyDecoder.Decode(version.Key ?? "", encoding);
        if (key is null || string.IsNullOrEmpty(version.VersionId) || !key.StartsWith(bucket.Prefix, StringComparison.Ordinal) || key.Length == bucket.Prefix.Length || (isCurrent && !isMarker))
            return null;
        var hiddenAt = new DateTimeOffset(successor.LastModified?.ToUniversalTime() ?? DateTime.UtcNow);
        return new HiddenVersion(key[bucket.Prefix.Length..], version.VersionId, isMarker, isCurrent, isMarker ? 0 : version.Size ?? 0, hiddenAt);
    }

    public async Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<HiddenVersion> versions, CancellationToken cancellationToken)
    {
        var outcomes = new DeleteOutcome[versions.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelSingles, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, versions.Count, parallel, async (i, token) =>
        {
            outcomes[i] = new DeleteOutcome(versions[i].Key, await DeleteOneAsync(versions[i], token).ConfigureAwait(false));
        }).ConfigureAwait(false);
        return outcomes;
    }

    private async Task<TrainctlException?> DeleteOneAsync(HiddenVersion version, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectRequest { BucketName = bucket.Name, Key = bucket.FullKey(version.Key), VersionId = version.VersionId };
        try
        {
            await bucket.CallAsync("Deleting a version of", version.Key, (client, token) => client.DeleteObjectAsync(request, token), cancellationToken)
                .ConfigureAwait(false);
            return null;
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ObjectNotFound)
        {
            return null;
        }
        catch (TrainctlException exception)
        {
            return exception;
        }
    }

    private TrainctlException Endless(string what) => new(
        TrainctlError.StoreRejected,
        $"Listing the {what} of '{bucket.Root}' failed: the store says that there is more, and not how to get it.",
        bucket.Root.ToString());
}
