using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Sync;

/// <summary>Copies one object, or with <see cref="Recursive"/> all below a prefix: upload, download, or store to store. Overwrites; never deletes.</summary>
public sealed record CopySettings
{
    /// <summary>An object or file; with <see cref="Recursive"/> a prefix or folder.</summary>
    public required ObjectUrl Source { get; init; }

    /// <summary>
    /// The object to write; when it ends with a separator, the prefix or folder to write it into under its own name. Not the
    /// source itself; with <see cref="Recursive"/> not below it either, unless <see cref="Exclude"/> leaves that part out.
    /// </summary>
    public required ObjectUrl Destination { get; init; }

    /// <summary>Copy everything below the source. Default false.</summary>
    public bool Recursive { get; init; }

    /// <summary>Globs of keys to take; empty takes all. Only with <see cref="Recursive"/>.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Globs of keys to leave out. Only with <see cref="Recursive"/>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Storage class for what is written. Null: the store's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Only plan, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How to reach the stores.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>How much happens at once.</summary>
    public TransferSettings Transfer { get; init; } = TransferSettings.Default;
}
