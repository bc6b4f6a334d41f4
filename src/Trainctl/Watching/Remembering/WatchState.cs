using System.Text.Json;
using System.Text.Json.Serialization;
using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching.Remembering;

/// <summary>What a watch remembers: the content of a state file.</summary>
internal sealed record WatchState
{
    /// <summary>The schema that this version writes, and the newest that it reads.</summary>
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    public required WatchScope Scope { get; init; }

    /// <summary>What has been seen and dealt with, in the order of keys.</summary>
    public required IEnumerable<WatchEntry> Entries { get; init; }

    /// <summary>Written while the entries are read: all at once would be several times as large as the snapshot itself, and more than 2 GiB for ten million objects.</summary>
    public void WriteTo(Stream stream)
    {
        JsonSerializer.Serialize(stream, this, WatchStateJson.Default.WatchState);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>What a state that a watch wrote never has, as a sentence; null when there is nothing. JSON may hold null where the types say that there is none.</summary>
    public string? Problem()
    {
        if (Scope is not { Location: not null, Include: not null, Exclude: not null } || Entries is null)
            return "a field is null.";
        string? previous = null;
        foreach (var entry in Entries)
        {
            if (entry is not { Key.Length: > 0, Size: >= 0 } || (Scope.CompleteOnly && entry.Checkpoint is not { Layout: not null, Run: not null, Metrics: not null }))
                return "an entry has no key, a negative size, or no checkpoint where there must be one.";
            if (previous is not null && KeyOrder.Compare(previous, entry.Key) >= 0)
                return $"'{entry.Key}' comes after '{previous}', which is not the order of keys.";
            previous = entry.Key;
        }

        return null;
    }
}

/// <summary>All that is read of a state before it is known whether the rest can be.</summary>
/// <param name="Version">Null where there is none.</param>
internal sealed record WatchStateVersion(int? Version);

/// <summary>What a state is about. A watch of anything else would take what it does not look at for deleted.</summary>
internal sealed record WatchScope
{
    public required string Location { get; init; }

    public bool CompleteOnly { get; init; }

    public IReadOnlyList<string> Include { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    public string? Layout { get; init; }

    public CheckpointPattern? Pattern { get; init; }

    public static WatchScope Of(WatchSettings settings, ObjectUrl root) => new()
    {
        Location = root.ToString(),
        CompleteOnly = settings.CompleteOnly,
        Include = settings.Include,
        Exclude = settings.Exclude,
        Layout = settings.Layout,
        Pattern = settings.Pattern,
    };

    /// <summary>The setting in which two differ; null when they are the same.</summary>
    public string? DifferenceTo(WatchScope other) =>
        Location != other.Location ? nameof(WatchSettings.Location)
        : CompleteOnly != other.CompleteOnly ? nameof(WatchSettings.CompleteOnly)
        : !Include.SequenceEqual(other.Include, StringComparer.Ordinal) ? nameof(WatchSettings.Include)
        : !Exclude.SequenceEqual(other.Exclude, StringComparer.Ordinal) ? nameof(WatchSettings.Exclude)
        : Layout != other.Layout ? nameof(WatchSettings.Layout)
        : Pattern != other.Pattern ? nameof(WatchSettings.Pattern)
        : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WatchState))]
[JsonSerializable(typeof(WatchStateVersion))]
internal sealed partial class WatchStateJson : JsonSerializerContext;
