using Trainctl.Storage;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>One checkpoint to publish.</summary>
/// <param name="Unit">The checkpoint at the source.</param>
/// <param name="Missing">Its objects that must travel, data before markers.</param>
/// <param name="Known">Manifest entries of the objects that are there already, by key.</param>
/// <param name="OldManifest">A manifest at the destination that is no longer true; it goes first.</param>
/// <param name="Why">In a few words.</param>
internal sealed record UnitUpload(
    CheckpointUnit Unit, IReadOnlyList<PlannedUpload> Missing, IReadOnlyDictionary<string, ManifestObject> Known, StoredObject? OldManifest, string Why)
{
    public bool IsNeeded => Missing.Count > 0 || OldManifest is null;
}

/// <summary>One object to send.</summary>
/// <param name="Object">At the source.</param>
/// <param name="Reason">Why.</param>
internal sealed record PlannedUpload(StoredObject Object, string Reason);

/// <summary>
/// Decides what must travel, without I/O. An object counts as published when the manifest at the destination lists it with the size and time that it has
/// at the source, and the destination still has that many bytes under its key. Nothing is hashed for that.
/// </summary>
internal static class UploadPlanner
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMicroseconds(1);

    public static UnitUpload Plan(CheckpointUnit unit, Manifest? published, IReadOnlyDictionary<string, StoredObject> destination)
    {
        var entries = (published?.Objects ?? []).ToDictionary(e => unit.KeyPrefix + e.Key, StringComparer.Ordinal);
        var missing = new List<PlannedUpload>();
        var known = new Dictionary<string, ManifestObject>(StringComparer.Ordinal);
        var content = unit.Objects.Where(static o => !Manifest.IsManifestKey(o.Key)).ToArray();
        foreach (var found in content.OrderBy(o => RankOf(unit, o.Key)))
        {
            if (ReasonToSend(found, entries.GetValueOrDefault(found.Key), destination.GetValueOrDefault(found.Key)) is { } reason)
                missing.Add(new PlannedUpload(found, reason));
            else
                known.Add(found.Key, entries[found.Key]);
        }

        var manifest = destination.GetValueOrDefault(unit.ManifestKey);
        var isStale = published is not null && entries.Count != content.Length;
        return new UnitUpload(unit, missing, known, published is null || isStale ? null : manifest, WhyOf(missing, published, isStale));
    }

    /// <summary>Data first, then what makes readers believe in it.</summary>
    private static int RankOf(CheckpointUnit unit, string key)
    {
        for (var i = 0; i < unit.MarkerKeys.Count; i++)
        {
            if (unit.MarkerKeys[i] == key)
                return unit.MarkerKeys.Count - i;
        }

        return 0;
    }

    private static string? ReasonToSend(StoredObject source, ManifestObject? entry, StoredObject? destination)
    {
        if (destination is null)
            return "new";
        if (destination.Size != source.Size)
            return "size differs";
        if (entry is null)
            return "not in a manifest";
        return entry.Size == source.Size && (entry.ModifiedAt - (source.ContentModifiedAt ?? source.ModifiedAt)).Duration() < Tolerance ? null : "modified";
    }

    private static string WhyOf(List<PlannedUpload> missing, Manifest? published, bool isStale) => published is null
        ? "not published yet"
        : missing.Count > 0 ? $"{missing[0].Object.Key}: {missing[0].Reason}" : isStale ? "the manifest lists other objects" : "already there";
}
