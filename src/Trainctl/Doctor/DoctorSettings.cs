using Trainctl.Storage;

namespace Trainctl.Doctor;

/// <summary>
/// Tries what a store can do and what its credentials may. Writes a few small objects below a name of its own, and removes them, also when it is cancelled.
/// </summary>
public sealed record DoctorSettings
{
    /// <summary>A bucket, a prefix in one, or a folder.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>Whether nothing is written or deleted, so that less can be told. Default false.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
