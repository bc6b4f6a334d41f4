using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Sync;

/// <summary>Makes a destination hold what a source holds. Either side is a store or a folder.</summary>
public sealed record SyncSettings
{
    /// <summary>Where objects are read. Must exist.</summary>
    public required ObjectUrl Source { get; init; }

    /// <summary>
    /// Where they are written. A folder is created; a bucket must exist. Not the source, nor below it unless <see cref="Exclude"/> leaves that part out; with
    /// <see cref="Delete"/> the source must not be below it either.
    /// </summary>
    public required ObjectUrl Destination { get; init; }

    /// <summary>How objects that both sides have are compared. Default <see cref="Comparison.SizeAndTime"/>.</summary>
    public Comparison Compare { get; init; } = Comparison.SizeAndTime;

    /// <summary>
    /// Whether objects that only the destination has are deleted there, after all transfers. Default false. Refused when the source is missing or empty,
    /// goes away meanwhile, or could not be listed completely; skipped when a transfer failed. What the source has by the time of the deletion stays, and what a
    /// destination folder reaches through a symbolic link to another folder, and what is in a trash of checkpoints.
    /// </summary>
    public bool Delete { get; init; }

    /// <summary>Globs of keys to take; empty takes all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Globs of keys to leave alone on both sides; stronger than <see cref="Include"/>, and protects from deletion.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Whether symbolic links in a source folder are followed. Default true.</summary>
    public bool FollowSymlinks { get; init; } = true;

    /// <summary>Storage class for what is written, as the store names it. Null: the store's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Only plan, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How to reach the stores.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>How much happens at once.</summary>
    public TransferSettings Transfer { get; init; } = TransferSettings.Default;
}
