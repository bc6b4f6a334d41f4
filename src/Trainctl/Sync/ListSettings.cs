using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>Lists what is at a location.</summary>
public sealed record ListSettings
{
    /// <summary>A prefix or folder; an object of a bucket, where nothing is below it, is listed by its name.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>Every object below; otherwise one level, with what lies deeper summed up. Default false.</summary>
    public bool Recursive { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
