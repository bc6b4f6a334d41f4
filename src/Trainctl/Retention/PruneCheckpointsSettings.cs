using Trainctl.Checkpoints;
using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>Deletes the checkpoints that a policy does not keep. Works on folders and buckets alike.</summary>
public sealed record PruneCheckpointsSettings
{
    /// <summary>Where the checkpoints are: the folder or prefix above them. It may hold many runs.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>Keeps this many of the newest complete checkpoints of each run, at least 1. Null: keeps everything.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Only plan, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// The only layout of checkpoints to look for, by the name that reports show, for example <c>lightning</c>. Null: all of them. What has another layout is
    /// then unknown, and never deleted.
    /// </summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like where no layout knows them; it is asked before all layouts. Null: there are only known ones.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>The rules of these settings.</summary>
    internal RetentionPolicy Policy => new() { KeepLast = KeepLast };
}
