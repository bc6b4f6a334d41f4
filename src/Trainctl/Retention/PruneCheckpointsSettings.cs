using Trainctl.Checkpoints;
using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>Deletes the checkpoints that a policy does not keep. Works on folders and buckets alike.</summary>
public sealed partial record PruneCheckpointsSettings
{
    /// <summary>Where the checkpoints are: the folder or prefix above them. It may hold many runs.</summary>
    public required ObjectUrl Location { get; init; }

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

    /// <summary>A file that the plan is written to before anything is deleted, also in a dry run; replaces what is there. Null: none is written.</summary>
    public string? PlanFile { get; init; }

    /// <summary>Refuses the whole prune when it would remove more checkpoints than this; 0 or more. Null: no limit.</summary>
    public int? MaxDeleteCount { get; init; }

    /// <summary>Refuses the whole prune when the checkpoints that it would remove have more bytes than this; 0 or more. Null: no limit.</summary>
    public long? MaxDeleteBytes { get; init; }

    /// <summary>Refuses the whole prune when it would remove more than this share of all checkpoints at the location; 0 to 1. Null: no limit.</summary>
    public double? MaxDeleteShare { get; init; }

    /// <summary>
    /// A folder or prefix below the location, for example <c>.trash</c>: checkpoints are moved there, into a folder named after the time, instead of
    /// being deleted; <see cref="RestoreCheckpointsSettings"/> brings them back. Null: they are deleted.
    /// </summary>
    public string? Trash { get; init; }

    /// <summary>Deletes what has been in the trash for longer than this. Null: nothing in the trash is ever deleted.</summary>
    public TimeSpan? TrashMaxAge { get; init; }

    /// <summary>
    /// Removes a checkpoint only when this other location has the same one, complete and equal byte by byte; it is read there with the same
    /// <see cref="Store"/>. Everything else is kept, with the reason. Null: that does not matter.
    /// </summary>
    public ObjectUrl? RequireUploaded { get; init; }

    /// <summary>The limits of these settings.</summary>
    internal PruneLimits Limits => new() { MaxCount = MaxDeleteCount, MaxBytes = MaxDeleteBytes, MaxShare = MaxDeleteShare };
}
