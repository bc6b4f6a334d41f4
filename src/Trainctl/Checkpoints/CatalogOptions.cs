namespace Trainctl.Checkpoints;

/// <summary>What a reader of checkpoints is told instead of finding it out.</summary>
internal sealed record CatalogOptions
{
    /// <summary>All layouts, and the system's time.</summary>
    public static CatalogOptions Default { get; } = new();

    /// <summary>The only layout to look for; null: all of them.</summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like besides; it is asked before all layouts.</summary>
    public CheckpointPattern? Pattern { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What earlier readings of the same place found out; null: this is the only one.</summary>
    public CatalogMemory? Memory { get; init; }
}
