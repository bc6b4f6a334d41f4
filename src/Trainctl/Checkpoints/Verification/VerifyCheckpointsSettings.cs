using Trainctl.Storage;

namespace Trainctl.Checkpoints.Verification;

/// <summary>Proves that checkpoints can be restored from: each is judged by its layout, and its content is read and compared with what was recorded.</summary>
public sealed record VerifyCheckpointsSettings
{
    /// <summary>The folder or prefix above the checkpoints. It may hold many runs.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>Only this checkpoint, or those below this path. Null: all.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// Whether all content is read. Default true. Otherwise only names, sizes and the small reads of each layout are looked at, which misses a flipped bit.
    /// </summary>
    public bool ReadContent { get; init; } = true;

    /// <summary>The only layout of checkpoints to look for, by the name that reports show. Null: all of them.</summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like where no layout knows them; it is asked before all layouts. Null: there are only known ones.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>How many objects are read at once.</summary>
    public Transfer.TransferSettings Transfer { get; init; } = Trainctl.Transfer.TransferSettings.Default;
}
