using System.Text.Json.Serialization;

namespace Trainctl.Watching;

/// <summary>What an event says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WatchEventKind>))]
public enum WatchEventKind
{
    /// <summary>It was not there before, or was not whole.</summary>
    [JsonStringEnumMemberName("created")]
    Created,

    /// <summary>It was written again: its size, its time or its ETag is another one.</summary>
    [JsonStringEnumMemberName("changed")]
    Changed,

    /// <summary>It is gone. Size, time and ETag are those that were last seen.</summary>
    [JsonStringEnumMemberName("deleted")]
    Deleted,

    /// <summary>A look failed or was not complete, or the state could not be saved. The watch goes on.</summary>
    [JsonStringEnumMemberName("problem")]
    Problem,
}

/// <summary>One thing that a watch saw.</summary>
public sealed record WatchEvent
{
    /// <summary>When the watch saw it: the end of the look, not the time at which it happened.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>What it says.</summary>
    public required WatchEventKind Kind { get; init; }

    /// <summary>The object's key or the checkpoint's path, below the location; empty for a problem with the location as a whole.</summary>
    public required string Key { get; init; }

    /// <summary>The same as a URL, or as a path for a folder.</summary>
    public required string Url { get; init; }

    /// <summary>Length in bytes; of a checkpoint, of all its objects. Null for a problem.</summary>
    public long? Size { get; init; }

    /// <summary>When the store took it in; of a checkpoint, its newest object. Null for a problem.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>Opaque version tag of the content; of a checkpoint, a tag made of those of its objects. Null where the store has none.</summary>
    public string? ETag { get; init; }

    /// <summary>What is known of the checkpoint; null for an object.</summary>
    public WatchedCheckpoint? Checkpoint { get; init; }

    /// <summary>How the command ended; null when none was run.</summary>
    public WatchCommandOutcome? Command { get; init; }

    /// <summary>TRAINCTL code of a problem, where it has one.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>A problem, as one paragraph; null for everything else.</summary>
    public string? Error { get; init; }
}
