using Trainctl.Storage;

namespace Trainctl.Checkpoints.Listing;

/// <summary>Lists checkpoints, and looks into each whether it is whole.</summary>
public sealed record ListCheckpointsSettings
{
    /// <summary>The folder or prefix above the checkpoints. It may hold many runs.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>The only layout of checkpoints to look for, by the name that reports show. Null: all of them.</summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like where no layout knows them; it is asked before all layouts. Null: there are only known ones.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
