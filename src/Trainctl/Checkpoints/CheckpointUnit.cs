using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>Whether a checkpoint can be restored from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckpointState>))]
public enum CheckpointState
{
    /// <summary>Everything its layout demands is there and whole, and agrees with the manifest where there is one.</summary>
    Complete,

    /// <summary>Something is missing, cut short or broken, and a newer checkpoint of its run is complete.</summary>
    Incomplete,

    /// <summary>Not complete, and nothing newer is complete: somebody may be writing it right now.</summary>
    InFlight,
}

/// <summary>One checkpoint: the set of objects that live and die together.</summary>
public sealed record CheckpointUnit
{
    /// <summary>
    /// Names the checkpoint below the location that was read: the folder, the file, or what the names of its shards have in common.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Which framework's layout it has, for example <c>huggingface-trainer</c>.</summary>
    public required string Layout { get; init; }

    /// <summary>The run it belongs to, see <see cref="CheckpointRun.Name"/>.</summary>
    public required string Run { get; init; }

    /// <summary>Optimizer step, where the name tells it.</summary>
    public long? Step { get; init; }

    /// <summary>Epoch, where the name or the saved state tells it.</summary>
    public double? Epoch { get; init; }

    /// <summary>
    /// Metrics at this checkpoint, from its name, its saved state, or a metrics file (<c>metrics.json</c>, <c>eval_results.json</c>, <c>all_results.json</c>
    /// in a folder, <c>NAME.metrics.json</c> beside a file). Only finite numbers.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Names of metrics that were recorded at this checkpoint without a finite value, as by a run that diverged.</summary>
    public IReadOnlyList<string> NonFiniteMetrics { get; init; } = [];

    /// <summary>
    /// Who or what pins it, so that retention never removes it: a file <c>.trainctl-keep</c> in its folder, or <c>NAME.trainctl-keep</c> beside a file.
    /// Null: nothing.
    /// </summary>
    public string? Pin { get; init; }

    /// <summary>Its objects, in the order of keys, its manifest among them.</summary>
    /// <remarks>Not <c>required</c>: the serializer refuses a type with a required property that it ignores.</remarks>
    [JsonIgnore]
    public IReadOnlyList<StoredObject> Objects { get; init; } = [];

    /// <summary>How many objects it has.</summary>
    public int ObjectCount => Objects.Count;

    /// <summary>Size of all its objects together, in bytes.</summary>
    public long Bytes => Objects.Sum(static o => o.Size);

    /// <summary>When it was saved: the time of the file that its framework writes last, as far as the store still knows it.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Whether it can be restored from.</summary>
    public required CheckpointState State { get; init; }

    /// <summary>Why it is not complete; null when it is.</summary>
    public string? StateReason { get; init; }

    /// <summary>
    /// Keys of the objects that make readers believe in it: manifest, saved state, index. Deleted first and written last, the manifest last of all.
    /// </summary>
    public IReadOnlyList<string> MarkerKeys { get; init; } = [];

    /// <summary>Why it must not be touched whatever its age, for example because it is reached through a symbolic link; null otherwise.</summary>
    public string? Untouchable { get; init; }

    /// <summary>Key of its manifest, whether that exists or not.</summary>
    public required string ManifestKey { get; init; }

    /// <summary>What the keys in the manifest are relative to: empty, or ends with <c>/</c>.</summary>
    [JsonIgnore]
    public string KeyPrefix { get; init; } = "";

    /// <summary>Whether it is a folder, so that all below it belongs to it.</summary>
    [JsonIgnore]
    internal bool IsFolder { get; init; }

    /// <summary>Whether something of it could not be read or listed, so that its state is not known but doubted.</summary>
    [JsonIgnore]
    internal bool IsUnread { get; init; }
}
