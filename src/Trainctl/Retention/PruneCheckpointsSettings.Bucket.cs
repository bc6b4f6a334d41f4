namespace Trainctl.Retention;

/// <content>What only buckets have.</content>
public sealed partial record PruneCheckpointsSettings
{
    /// <summary>
    /// Name of an object tag that pins a checkpoint, whatever its value: one tagged object is enough. Costs one request for each object of the checkpoints
    /// that would be removed. Null: tags are not read.
    /// </summary>
    public string? PinTag { get; init; }

    /// <summary>Aborts multipart uploads at the location that were begun so long ago and never ended; 0 or more. Null: none.</summary>
    public TimeSpan? AbortUploadsAfter { get; init; }

    /// <summary>
    /// In a versioned bucket, deletes for good what has been hidden so long, by a deletion or by a newer version; 0 or more. Only what belongs to checkpoints.
    /// Null: none.
    /// </summary>
    public TimeSpan? DeleteHiddenVersionsAfter { get; init; }
}
