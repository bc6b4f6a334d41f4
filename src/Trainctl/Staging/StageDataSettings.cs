using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Staging;

/// <summary>Brings a dataset from a store to a folder.</summary>
public sealed record StageDataSettings
{
    /// <summary>Where the dataset is.</summary>
    public required ObjectUrl Source { get; init; }

    /// <summary>The folder it is brought to; created when missing.</summary>
    public required ObjectUrl Destination { get; init; }

    /// <summary>
    /// A file that records what the dataset is: each object's key, size, checksum and version. Meant to be committed. When it exists, exactly that is
    /// fetched, or the part of it that <see cref="Include"/> and <see cref="Exclude"/> leave, and staging fails when the store holds something else.
    /// When it does not, it is written. Null: no lock file.
    /// </summary>
    public string? LockFile { get; init; }

    /// <summary>
    /// Whether the lock file is written anew from what the store holds now; what it says about objects that <see cref="Include"/> and <see cref="Exclude"/>
    /// leave out stays. Default false.
    /// </summary>
    public bool UpdateLock { get; init; }

    /// <summary>Globs of keys to take; empty takes all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Globs of keys to leave out; stronger than <see cref="Include"/>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Only plan, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>How much happens at once.</summary>
    public TransferSettings Transfer { get; init; } = TransferSettings.Default;
}
