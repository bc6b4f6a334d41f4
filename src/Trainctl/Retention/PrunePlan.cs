using System.Text.Json.Serialization;
using Trainctl.Checkpoints;
using Trainctl.Retention.Planning;
using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>
/// What a prune would remove, and why: made by <see cref="TrainctlEngine.PlanPruneAsync"/>, written as JSON (<c>docs/deleting.md</c> has the schema),
/// looked at by a person or a machine, and applied by <see cref="TrainctlEngine.ApplyPruneAsync(PrunePlan, bool, Storage.StoreSettings?, CancellationToken)"/> as long as what it is about is still the same.
/// </summary>
public sealed record PrunePlan
{
    /// <summary>The schema that this version writes, and the newest that it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of the schema.</summary>
    public required int Version { get; init; }

    /// <summary>Where the checkpoints are; absolute.</summary>
    public required string Location { get; init; }

    /// <summary>When the location was looked at. Rules about ages count from here, also when the plan is applied later.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The rules that decided.</summary>
    public required RetentionPolicy Policy { get; init; }

    /// <summary>More than this is never removed by one prune.</summary>
    public PruneLimits Limits { get; init; } = PruneLimits.None;

    /// <summary>The trash below the location that removed checkpoints go to; null when they are deleted.</summary>
    public string? Trash { get; init; }

    /// <summary>Where each removed checkpoint must be, complete; null when that does not matter. Looked at again when the plan is applied.</summary>
    public string? RequireUploaded { get; init; }

    /// <summary>The only layout that was looked for; null: all of them.</summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like besides; null: only as layouts say.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>The object tag that pins a checkpoint; null when tags are not read. Looked at again when the plan is applied.</summary>
    public string? PinTag { get; init; }

    /// <summary>One for each checkpoint, run by run, oldest first.</summary>
    public required IReadOnlyList<PlannedUnit> Units { get; init; }

    /// <summary>What is in the trash for too long, in the order in which it is deleted.</summary>
    public IReadOnlyList<PlannedObject> ExpiredTrash { get; init; } = [];

    /// <summary>The checkpoints to remove.</summary>
    [JsonIgnore]
    public IEnumerable<PlannedUnit> Removals => Units.Where(static u => u.Decision == PlannedDecision.Remove);

    /// <summary>The plan as JSON, always the same text for the same plan.</summary>
    public string ToJson() => PrunePlanJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What to call it in errors, for example its path.</param>
    /// <exception cref="Diagnostics.TrainctlException">
    /// With <see cref="Diagnostics.TrainctlError.InvalidFile"/>: it is no plan, one of a newer version, or one that contradicts itself.
    /// </exception>
    public static PrunePlan Parse(string json, string name = "plan") => PrunePlanJson.Read(json, name);
}

/// <summary>What a plan does with a checkpoint.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlannedDecision>))]
public enum PlannedDecision
{
    /// <summary>It stays.</summary>
    Keep,

    /// <summary>It is deleted, or moved to the trash.</summary>
    Remove,
}

/// <summary>One checkpoint of a <see cref="PrunePlan"/>.</summary>
public sealed record PlannedUnit
{
    /// <summary>See <see cref="CheckpointUnit.Path"/>.</summary>
    public required string Path { get; init; }

    /// <summary>See <see cref="CheckpointUnit.Layout"/>.</summary>
    public required string Layout { get; init; }

    /// <summary>See <see cref="CheckpointUnit.Run"/>.</summary>
    public required string Run { get; init; }

    /// <summary>See <see cref="CheckpointUnit.Step"/>.</summary>
    public long? Step { get; init; }

    /// <summary>See <see cref="CheckpointUnit.Epoch"/>.</summary>
    public double? Epoch { get; init; }

    /// <summary>Whether it could be restored from when the plan was made.</summary>
    public required CheckpointState State { get; init; }

    /// <summary>When it was saved.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Whether it is a folder, so that all below it belongs to it.</summary>
    public bool IsFolder { get; init; }

    /// <summary>Size of all its objects together, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>What is done with it.</summary>
    public required PlannedDecision Decision { get; init; }

    /// <summary>Why: everything that keeps it, or the one reason to remove it.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>For a removal: its objects in the order in which they are deleted, which begins with its manifest and markers. Else empty.</summary>
    public IReadOnlyList<PlannedObject> Objects { get; init; } = [];
}

/// <summary>One object to delete. It is deleted only while it is still what the plan says.</summary>
public sealed record PlannedObject
{
    /// <summary>Key below the location.</summary>
    public required string Key { get; init; }

    /// <summary>From 1. Objects of a batch are only touched when those of the batch before are gone.</summary>
    public required int Batch { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The store's version tag, where it has one.</summary>
    public string? ETag { get; init; }

    /// <summary>When the store took it in; for a folder, the file's time.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    internal static PlannedObject Of(StoredObject found, int batch) =>
        new() { Key = found.Key, Batch = batch, Size = found.Size, ETag = found.ETag, ModifiedAt = found.ModifiedAt };

    internal StoredObject ToStored() => new() { Key = Key, Size = Size, ETag = ETag, ModifiedAt = ModifiedAt };
}
