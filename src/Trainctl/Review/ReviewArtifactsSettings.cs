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

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
