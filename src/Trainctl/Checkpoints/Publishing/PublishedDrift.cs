using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>
/// Whether a place still holds what a manifest says that was just written there. Somebody else may have published another content of the checkpoint
/// meanwhile, or removed some of it: whoever writes a manifest last looks last, so that no manifest stays that is not true.
/// </summary>
internal static class PublishedDrift
{
    /// <summary>Key of the first object that is not what the manifest says, or is gone; null when there is none, or when nobody can see the manifest any more.</summary>
    /// <param name="unit">The checkpoint.</param>
    /// <param name="entries">What the manifest lists.</param>
    /// <param name="published">What is remembered of the place.</param>
    /// <param name="destination">The place.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<string?> FindAsync(
        CheckpointUnit unit, IEnumerable<ManifestObject> entries, PublishedObjects published, IObjectReader destination, CancellationToken cancellationToken)
    {
        var expected = entries.ToDictionary(e => unit.KeyPrefix + e.Key, StringComparer.Ordinal);
        var hasManifest = false;
        var request = new ListRequest { Prefix = unit.IsFolder ? unit.Path + "/" : unit.Path };
        await foreach (var now in destination.ListWholeDestinationAsync(request, $"Publishing {unit.Path}", [.. expected.Keys, unit.ManifestKey], cancellationToken).ConfigureAwait(false))
        {
            hasManifest |= now.Key == unit.ManifestKey;
            if (expected.Remove(now.Key, out var entry) && !await IsSameAsync(entry, now).ConfigureAwait(false))
                return now.Key;
        }

        // An index beside shards does not begin with their path.
        foreach (var (key, entry) in expected)
        {
            var now = await destination.HeadAsync(key, cancellationToken).ConfigureAwait(false);
            if (now is null ? hasManifest : !await IsSameAsync(entry, now).ConfigureAwait(false))
                return key;
        }

        return null;

        // Equal bytes may have another ETag: of another time, or sent in other parts.
        async Task<bool> IsSameAsync(ManifestObject entry, StoredObject now)
        {
            if (published.Find(now.Key) is { } then && !Drift.IsSeen(then, now))
                return true;
            if (entry.Size != now.Size)
                return false;
            try
            {
                return (await ContentReader.ChecksumAsync(destination, now, cancellationToken).ConfigureAwait(false)).ToString() == entry.Checksum;
            }
            catch (TrainctlException exception) when (exception.Error is TrainctlError.ObjectNotFound or TrainctlError.ChangedDuringTransfer)
            {
                return false;
            }
        }
    }
}
