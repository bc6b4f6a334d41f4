using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>Deletes the checkpoints that a policy does not keep. Works on folders and buckets alike.</summary>
public sealed partial record PruneCheckpointsSettings
{
    /// <summary>Where the checkpoints are: the folder or prefix above them. It may hold many runs.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>Only plan, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
