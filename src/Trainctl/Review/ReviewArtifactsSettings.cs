using Trainctl.Checkpoints;
using Trainctl.Storage;

namespace Trainctl.Review;

/// <summary>Looks at what is at a location. Changes nothing.</summary>
public sealed record ReviewArtifactsSettings
{
    /// <summary>A prefix or folder.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>Whether the report lists every object. Default false.</summary>
    public bool Detailed { get; init; }

    /// <summary>How many of the largest objects are named. Default 10; 0 names none.</summary>
    public int LargestCount { get; init; } = 10;

    /// <summary>
    /// The only layout of checkpoints to look for, by the name that reports show, for example <c>lightning</c>. Null: all of them. What has another layout is
    /// then unknown, and never deleted.
    /// </summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like where no layout knows them; it is asked before all layouts. Null: there are only known ones.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
