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

    /// <summary>What a version is called that was written while none were kept.</summary>
    private const string Nameless = "null";

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

    public IAsyncEnumerable<HiddenVersion> ListAsync(string prefix, CancellationToken cancellationToken) =>
        ListAllAsync(prefix, cancellationToken).Select(static v => v.Hidden).OfType<HiddenVersion>();

    /// <summary>All versions, the current ones too: the whole key, the name, and what is hidden; null for what is not.</summary>
    private async IAsyncEnumerable<(string? FullKey, string VersionId, HiddenVersion? Hidden)> ListAllAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListVersionsRequest { BucketName = bucket.Name, Prefix = bucket.FullKey(prefix), Encoding = EncodingType.Url };
        S3ObjectVersion? newer = null;
        string? lastKey = null;
        while (true)
        {
            var page = await bucket.CallAsync("Listing the versions of", null, (client, token) => client.ListVersionsAsync(request, token), cancellationToken)
                .ConfigureAwait(false);
            foreach (var version in page.Versions ?? [])
            {
                var successor = newer is not null && newer.Key == version.Key ? newer : version;
                newer = version;
                lastKey = KeyDecoder.Decode(version.Key ?? "", page.Encoding);
                yield return (lastKey, version.VersionId ?? "", Describe(version, successor, lastKey));
            }

            if (page.IsTruncated != true)
                yield break;
            if (string.IsNullOrEmpty(page.NextKeyMarker) || KeyDecoder.DecodeMarker(page.NextKeyMarker, page.Encoding, lastKey) is not { } marker
                || (marker == request.KeyMarker && page.NextVersionIdMarker == request.VersionIdMarker))
            {
                throw Endless("versions");
            }

            request.KeyMarker = marker;
            request.VersionIdMarker = page.NextVersionIdMarker;
        }
    }

    /// <summary>Versions of a key come newest first, so that the one before this one hid it. One without an identity would be deleted as the object itself.</summary>
    private HiddenVersion? Describe(S3ObjectVersion version, S3ObjectVersion successor, string? key)
    {
        var isMarker = version.IsDeleteMarker == true;
        var isCurrent = version.IsLatest == true;
        if (key is null || string.IsNullOrEmpty(version.VersionId) || !key.StartsWith(bucket.Prefix, StringComparison.Ordinal) || key.Length == bucket.Prefix.Length || (isCurrent && !isMarker))
            return null;
        var hiddenAt = new DateTimeOffset(successor.LastModified?.ToUniversalTime() ?? DateTime.UtcNow);
        return new HiddenVersion(key[bucket.Prefix.Length..], version.VersionId, isMarker, isCurrent, isMarker ? 0 : version.Size ?? 0, hiddenAt)
        {
            WrittenAt = version.LastModified is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null,
        };
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
            if (version.VersionId == Nameless && await IsReplacedAsync(version, cancellationToken).ConfigureAwait(false))
                return Drift.Failure(bucket.Root, version.Key);
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

    /// <summary>
    /// While versioning is suspended each write of a key, and each deletion, replaces what has this name, and is the current version then. So it is looked at
    /// right before. What hides it may be another version by now.
    /// </summary>
    private async Task<bool> IsReplacedAsync(HiddenVersion version, CancellationToken cancellationToken)
    {
        var fullKey = bucket.FullKey(version.Key);
        await foreach (var (key, id, now) in ListAllAsync(version.Key, cancellationToken).ConfigureAwait(false))
        {
            if (key != fullKey)
                return false;
            if (id == Nameless)
                return now is null || now with { HiddenAt = version.HiddenAt } != version;
        }

        return false;
    }

    private TrainctlException Endless(string what) => new(
        TrainctlError.StoreRejected,
        $"Listing the {what} of '{bucket.Root}' failed: the store says that there is more, and not how to get it.",
        bucket.Root.ToString());
}
