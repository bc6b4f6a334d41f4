using System.Text.Json.Serialization;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Leftovers;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Review;

/// <summary>What is at a location.</summary>
public sealed record ReviewReport : Report
{
    /// <summary>The location.</summary>
    public required string Location { get; init; }

    /// <summary>Objects and bytes by kind; kinds without objects are left out.</summary>
    public required IReadOnlyList<KindTotal> Kinds { get; init; }

    /// <summary>The runs with their checkpoints.</summary>
    public required IReadOnlyList<CheckpointRun> Runs { get; init; }

    /// <summary>How each run is doing, in the order of <see cref="Runs"/>.</summary>
    public IReadOnlyList<RunHealth> Health { get; init; } = [];

    /// <summary>Pointers that lead nowhere.</summary>
    public IReadOnlyList<DanglingPointer> DanglingPointers { get; init; } = [];

    /// <summary>Shards outside of checkpoints, of models that are not all there.</summary>
    public IReadOnlyList<OrphanedShardSet> OrphanedShards { get; init; } = [];

    /// <summary>Checkpoint and model files with the same content, the most wasteful first.</summary>
    public IReadOnlyList<DuplicateSet> Duplicates { get; init; } = [];

    /// <summary>What the bucket keeps besides; null for a folder.</summary>
    public BucketLeftovers? Leftovers { get; init; }

    /// <summary>How the bytes that are here came together, a point for each day on which one was written.</summary>
    public IReadOnlyList<GrowthPoint> Growth { get; init; } = [];

    /// <summary>What the policy in the settings would remove; null when there is none.</summary>
    public PolicyPreview? WouldFree { get; init; }

    /// <summary>One sentence for each gate that failed.</summary>
    public IReadOnlyList<string> FailedGates { get; init; } = [];

    /// <summary>The largest objects, largest first.</summary>
    public required IReadOnlyList<ReviewedObject> Largest { get; init; }

    /// <summary>Every object in key order, when the settings asked for it.</summary>
    public IReadOnlyList<ReviewedObject> AllObjects { get; init; } = [];

    /// <inheritdoc/>
    public override int ExitCode => FailedGates.Count > 0 ? ErrorCatalog.GateFailed : base.ExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText => FailedGates.Count == 0
        ? null
        : $"{ErrorCatalog.Code(TrainctlError.GateFailed)}: the review of '{Location}' failed: {string.Join("; ", FailedGates)}.";

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => ReviewDocument.Of(this);
}

/// <summary>How much there is of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Objects">How many objects.</param>
/// <param name="Bytes">Their size together.</param>
public sealed record KindTotal(ArtifactKind Kind, long Objects, long Bytes);

/// <summary>One object of a review.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When the store took it in.</param>
public sealed record ReviewedObject(string Key, ArtifactKind Kind, long Size, DateTimeOffset ModifiedAt);
