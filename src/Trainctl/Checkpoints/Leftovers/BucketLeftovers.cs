using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Leftovers;

/// <summary>What a bucket keeps below a location besides its current objects. Nobody sees it in a listing, and it is paid for.</summary>
public sealed record BucketLeftovers
{
    /// <summary>Whether deleting only hides objects there.</summary>
    public bool IsVersioned { get; init; }

    /// <summary>Versions behind the current ones, or behind a delete marker.</summary>
    public long HiddenVersions { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long HiddenBytes { get; init; }

    /// <summary>Multipart uploads that were begun and never ended.</summary>
    public long UnfinishedUploads { get; init; }

    /// <summary>Size in bytes of their parts that are there.</summary>
    public long UnfinishedBytes { get; init; }

    /// <summary>How many of them there are of which the store does not tell when they were begun.</summary>
    public long UploadsOfUnknownAge { get; init; }

    /// <summary>When the oldest of the others was begun; null when there is none.</summary>
    public DateTimeOffset? OldestUploadAt { get; init; }

    /// <summary>What could not be counted, and why; one sentence each. Some services do not offer the calls, some credentials may not make them.</summary>
    public IReadOnlyList<string> Uncounted { get; init; } = [];

    /// <summary>Counts them; null for a store that has no such thing.</summary>
    internal static async Task<BucketLeftovers?> CountAsync(IObjectReader store, CancellationToken cancellationToken)
    {
        if (store is not IBucketStore bucket)
            return null;
        var found = new BucketLeftovers();
        found = await TryAsync(found, "Hidden versions", () => CountVersionsAsync(found, bucket, cancellationToken)).ConfigureAwait(false);
        return await TryAsync(found, "Unfinished uploads", () => CountUploadsAsync(found, bucket, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<BucketLeftovers> CountVersionsAsync(BucketLeftovers found, IBucketStore bucket, CancellationToken cancellationToken)
    {
        if (!await bucket.IsVersionedAsync(cancellationToken).ConfigureAwait(false))
            return found;
        var (count, bytes) = (0L, 0L);
        await foreach (var version in bucket.ListHiddenVersionsAsync("", cancellationToken).ConfigureAwait(false))
        {
            if (!version.IsDeleteMarker)
                (count, bytes) = (count + 1, bytes + version.Size);
        }

        return found with { IsVersioned = true, HiddenVersions = count, HiddenBytes = bytes };
    }

    private static async Task<BucketLeftovers> CountUploadsAsync(BucketLeftovers found, IBucketStore bucket, CancellationToken cancellationToken)
    {
        await foreach (var upload in bucket.ListUnfinishedUploadsAsync("", cancellationToken).ConfigureAwait(false))
        {
            found = found with
            {
                UnfinishedUploads = found.UnfinishedUploads + 1,
                UnfinishedBytes = found.UnfinishedBytes + upload.Bytes,
                UploadsOfUnknownAge = found.UploadsOfUnknownAge + (upload.StartedAt is null ? 1 : 0),
                OldestUploadAt = found.OldestUploadAt is { } oldest && !(upload.StartedAt < oldest) ? oldest : upload.StartedAt,
            };
        }

        return found;
    }

    private static async Task<BucketLeftovers> TryAsync(BucketLeftovers found, string what, Func<Task<BucketLeftovers>> count)
    {
        try
        {
            return await count().ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            return found with { Uncounted = [.. found.Uncounted, $"{what} could not be counted: {exception.Message}"] };
        }
    }
}
