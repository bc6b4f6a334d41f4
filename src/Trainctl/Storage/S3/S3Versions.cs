using System.Net;
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

    /// <summary>
    /// Old releases of MinIO, which keep no versions, answer with success and no content at all; other services that keep none (versitygw without a folder for them) that they do not know
    /// the question.
    /// </summary>
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
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotImplemented)
        {
            return null;
        }
    }

    public IAsyncEnumerable<HiddenVersion> ListAsync(string prefix, CancellationToken cancellationToken) => ListAllAsync(prefix, cancellationToken).Select(Describe).OfType<HiddenVersion>();

    /// <summary>All versions, the current ones too, in the order of keys.</summary>
    private async IAsyncEnumerable<ListedVersion> ListAllAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListVersionsRequest { BucketName = bucket.Name, Prefix = bucket.FullKey(prefix), Encoding = EncodingType.Url };
        var pages = new VersionPages(() => bucket.LatestNow);
        while (true)
        {
            var page = await bucket.CallAsync("Listing the versions of", null, (client, token) => client.ListVersionsAsync(request, token), cancellationToken)
                .ConfigureAwait(false);
            foreach (var version in pages.Read(page.Versions ?? [], page.Encoding))
                yield return version;

            if (page.IsTruncated != true)
                yield break;
            if (string.IsNullOrEmpty(page.NextKeyMarker) || KeyDecoder.DecodeMarker(page.NextKeyMarker, page.Encoding, pages.LastKey) is not { } marker
                || (marker == request.KeyMarker && page.NextVersionIdMarker == request.VersionIdMarker))
            {
                throw Endless("versions");
            }

            request.KeyMarker = marker;
            request.VersionIdMarker = page.NextVersionIdMarker;
        }
    }

    /// <summary>What is hidden; null for what is not. One without an identity would be deleted as the object itself.</summary>
    private HiddenVersion? Describe(ListedVersion version)
    {
        if (version.Key is not { } key || version.VersionId.Length == 0 || !key.StartsWith(bucket.Prefix, StringComparison.Ordinal) || key.Length == bucket.Prefix.Length
            || (version.IsCurrent && !version.IsDeleteMarker))
        {
            return null;
        }

        return new HiddenVersion(key[bucket.Prefix.Length..], version.VersionId, version.IsDeleteMarker, version.IsCurrent, version.Size, version.HiddenAt) { WrittenAt = version.WrittenAt };
    }

    /// <summary>Current delete markers go last: without one, what is behind it comes back, and versitygw brings back what is being deleted meanwhile.</summary>
    public async Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<HiddenVersion> versions, CancellationToken cancellationToken)
    {
        var outcomes = new DeleteOutcome[versions.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelSingles, CancellationToken = cancellationToken };
        foreach (var isCurrent in (bool[])[false, true])
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, versions.Count).Where(i => versions[i].IsCurrent == isCurrent), parallel, async (i, token) =>
            {
                outcomes[i] = new DeleteOutcome(versions[i].Key, await DeleteOneAsync(versions[i], token).ConfigureAwait(false));
            }).ConfigureAwait(false);
        }

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
        await foreach (var found in ListAllAsync(version.Key, cancellationToken).ConfigureAwait(false))
        {
            if (KeyOrder.Compare(found.Key, fullKey) > 0)
                return false;
            if (found.Key == fullKey && found.VersionId == Nameless)
                return Describe(found) is not { } now || now with { HiddenAt = version.HiddenAt } != version;
        }

        return false;
    }

    private TrainctlException Endless(string what) => new(
        TrainctlError.StoreRejected,
        $"Listing the {what} of '{bucket.Root}' failed: the store says that there is more, and not how to get it.",
        bucket.Root.ToString());
}
