using Trainctl.Storage;

namespace Trainctl.Watching.Snapshots;

/// <summary>One object or checkpoint as it was seen; what a state file holds of it too.</summary>
internal sealed record WatchEntry
{
    public required string Key { get; init; }

    public required long Size { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }

    public string? ETag { get; init; }

    public WatchedCheckpoint? Checkpoint { get; init; }

    public static WatchEntry Of(StoredObject found) =>
        new() { Key = found.Key, Size = found.Size, ModifiedAt = found.ModifiedAt, ETag = found.ETag };

    /// <summary>Whether it is another version under the same key, as far as a listing tells.</summary>
    public bool DiffersFrom(WatchEntry other) => Size != other.Size || ModifiedAt != other.ModifiedAt || ETag != other.ETag;
}
