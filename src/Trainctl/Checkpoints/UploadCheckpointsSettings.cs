using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints;

/// <summary>Publishes a folder of checkpoints.</summary>
public sealed record UploadCheckpointsSettings
{
    /// <summary>Where training writes its checkpoints.</summary>
    public required ObjectUrl Source { get; init; }

    /// <summary>Where they are published.</summary>
    public required ObjectUrl Destination { get; init; }

    /// <summary>
    /// Whether objects that belong to no checkpoint (final model, logs) are published too. Default true. Names that mark unfinished files never are.
    /// </summary>
    public bool IncludeOtherFiles { get; init; } = true;

    /// <summary>
    /// Storage class of the data, as the store names it. Null: the store's default. What tells that a checkpoint is whole (saved state, index, manifest)
    /// always has the store's default: it must be readable at any time.
    /// </summary>
    public string? StorageClass { get; init; }

    /// <summary>Only plan, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// The only layout of checkpoints to look for, by the name that reports show, for example <c>lightning</c>. Null: all of them. What has another layout is
    /// then unknown, and never deleted.
    /// </summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like where no layout knows them; it is asked before all layouts. Null: there are only known ones.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>How to reach the stores.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>How much happens at once.</summary>
    public TransferSettings Transfer { get; init; } = TransferSettings.Default;
}
