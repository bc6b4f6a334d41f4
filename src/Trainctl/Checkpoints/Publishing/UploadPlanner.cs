using Trainctl.Storage;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>One checkpoint to publish.</summary>
/// <param name="Unit">The checkpoint at the source.</param>
/// <param name="Missing">Its objects that must travel, data before markers.</param>
/// <param name="Known">Manifest entries of the objects that are there already.</param>
/// <param name="OldManifest">A manifest at the destination that will not be true while objects travel; it goes first. An empty one says nothing that could be untrue.</param>
/// <param name="IsNeeded">Whether anything must be done.</param>
/// <param name="Why">In a few words.</param>
internal sealed record UnitUpload(
    CheckpointUnit Unit, IReadOnlyList<PlannedUpload> Missing, IReadOnlyList<ManifestObject> Known, StoredObject? OldManifest, bool IsNeeded, string Why);

/// <summary>One object to send.</summary>
/// <param name="Object">At the source.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsMarker">Whether it makes readers believe in the checkpoint, and so goes after the data.</param>
internal sealed record PlannedUpload(StoredObject Object, string Reason, bool IsMarker);

/// <summary>
/// Decides what must travel, without I/O. An object counts as published when the destination has as many bytes under its key, and size and time that it
/// has at the source are what the manifest there says; or, where an upload was interrupted before its manifest, what the object's own metadata says.
/// Nothing is hashed for that.
/// </summary>
internal static class UploadPlanner
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMicroseconds(1);

    /// <summary>What of a checkpoint is published: not the manifest of an earlier place, nor files that somebody is still writing.</summary>
    public static IEnumerable<StoredObject> ContentOf(CheckpointUnit unit) =>
        unit.Objects.Where(o => o.Key != unit.ManifestKey && !o.Key.EndsWith('/') && !UnfinishedName.IsIn(o.Key[unit.KeyPrefix.Length..]));

    /// <summary>Objects of which the listings do not tell whether they are there already, and their metadata may.</summary>
    public static IEnumerable<StoredObject> InDoubt(CheckpointUnit unit, Manifest? published, IReadOnlyDictionary<string, StoredObject> destination)
    {
        var entries = EntriesOf(unit, published);
        return ContentOf(unit).Where(o =>
            !entries.ContainsKey(o.Key) && destination.GetValueOrDefault(o.Key) is { } there && there.Size == o.Size && EntryOf(unit, there) is null);
    }

    /// <param name="unit">The checkpoint at the source.</param>
    /// <param name="published">Its manifest at the destination, where there is a readable one.</param>
    /// <param name="destination">All that the destination has, by key; with all metadata for objects <see cref="InDoubt"/>.</param>
    public static UnitUpload Plan(CheckpointUnit unit, Manifest? published, IReadOnlyDictionary<string, StoredObject> destination)
    {
        var entries = EntriesOf(unit, published);
        var missing = new List<PlannedUpload>();
        var known = new List<ManifestObject>();
        foreach (var found in ContentOf(unit))
        {
            var there = destination.GetValueOrDefault(found.Key);
            var entry = entries.GetValueOrDefault(found.Key) ?? EntryOf(unit, there);
            if (ReasonToSend(found, entry, there) is { } reason)
                missing.Add(new PlannedUpload(found, reason, unit.MarkerKeys.Contains(found.Key)));
            else
                known.Add(entry!);
        }

        var isTrue = published is not null && missing.Count == 0 && known.Count == entries.Count
            && known.TrueForAll(k => entries.ContainsKey(unit.KeyPrefix + k.Key));
        var oldManifest = missing.Count > 0 && destination.GetValueOrDefault(unit.ManifestKey) is { Size: > 0 } old ? old : null;
        return new UnitUpload(unit, [.. missing.OrderBy(m => unit.MarkerKeys.IndexOf(m.Object.Key))], known, oldManifest, !isTrue, Why(missing, published, isTrue));
    }

    private static Dictionary<string, ManifestObject> EntriesOf(CheckpointUnit unit, Manifest? published) =>
        (published?.Objects ?? []).ToDictionary(e => unit.KeyPrefix + e.Key, StringComparer.Ordinal);

    /// <summary>What an object's own metadata says, as a manifest would.</summary>
    private static ManifestObject? EntryOf(CheckpointUnit unit, StoredObject? there) => there is { Checksum: { } checksum, ContentModifiedAt: { } time }
        ? new ManifestObject { Key = there.Key[unit.KeyPrefix.Length..], Size = there.Size, Checksum = checksum.ToString(), ModifiedAt = time }
        : null;

    private static string? ReasonToSend(StoredObject source, ManifestObject? entry, StoredObject? destination)
    {
        if (destination is null)
            return "new";
        if (destination.Size != source.Size)
            return "size differs";
        if (entry is null)
            return "not proven there";
        return entry.Size == source.Size && (entry.ModifiedAt - (source.ContentModifiedAt ?? source.ModifiedAt)).Duration() < Tolerance ? null : "modified";
    }

    private static string Why(List<PlannedUpload> missing, Manifest? published, bool isTrue) =>
        isTrue ? "already there"
        : published is null ? "not published yet"
        : missing.Count > 0 ? $"{missing[0].Object.Key}: {missing[0].Reason}"
        : "the manifest lists other objects";

    private static int IndexOf(this IReadOnlyList<string> keys, string key)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i] == key)
                return i;
        }

        return -1;
    }
}
