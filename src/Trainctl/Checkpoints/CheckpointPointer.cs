using System.Text.Json.Serialization;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>What a pointer says about its target.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PointerKind>))]
public enum PointerKind
{
    /// <summary>It is the best by the run's own metric.</summary>
    Best,

    /// <summary>It is where training goes on.</summary>
    Last,

    /// <summary>A symbolic link leads to it.</summary>
    Link,

    /// <summary>The run keeps a list of its checkpoints, and cannot be restored when one of them is gone.</summary>
    Listed,
}

/// <summary>Something that names a checkpoint, and would dangle without it.</summary>
public sealed record CheckpointPointer
{
    /// <summary>What it says about its target.</summary>
    public required PointerKind Kind { get; init; }

    /// <summary>Key of the object that says so.</summary>
    public required string Key { get; init; }

    /// <summary>What it says, as it stands there; empty for a file that is a checkpoint itself, such as <c>last.ckpt</c>.</summary>
    public string Text { get; init; } = "";

    /// <summary>Paths of the checkpoints it leads to. Empty when they are not here, or when the pointer is a copy.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The pointer's own object, when it is one that belongs to no checkpoint.</summary>
    [JsonIgnore]
    public StoredObject? Stored { get; init; }

    /// <summary>What a text names, as a path below the location, whether anything is there or not; empty for a file that is a checkpoint itself.</summary>
    [JsonIgnore]
    internal string NamedPath { get; init; } = "";

    /// <summary>Why the pointer's own object is no whole file; null when it is.</summary>
    public string? Problem { get; init; }
}
