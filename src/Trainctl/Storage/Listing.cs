using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;

namespace Trainctl.Storage;

/// <summary>What to list.</summary>
public sealed record ListRequest
{
    /// <summary>Only keys that start with this text. Empty lists everything.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether a folder store goes through symbolic links. Loops end. Default true. Other stores have no links.</summary>
    public bool FollowSymlinks { get; init; } = true;

    /// <summary>Called for each thing that exists but is not an object that can be read. Called on the thread that lists.</summary>
    public Action<ListingProblem>? OnProblem { get; init; }

    /// <summary>Called by a folder store with the path of each file of Trainctl's own that it leaves out.</summary>
    internal Action<string>? OnTemporary { get; init; }

    /// <summary>Called by a folder store with the key of each link to a folder that it follows, before what is behind it.</summary>
    internal Action<string>? OnLinkedFolder { get; init; }

    /// <summary>Called by a folder store with the key of each folder before it is read, and with which folder that is, where the system tells. The root's key is empty.</summary>
    internal Action<string, FileIdentity>? OnFolder { get; init; }

    /// <summary>
    /// Called by a folder store with the key of each file or folder that is gone before it could be looked at. Mostly somebody deleted it; or a disk went away, and then
    /// it is not missing.
    /// </summary>
    internal Action<string>? OnVanished { get; init; }

    /// <summary>Lets a store whose pages take time ask for several at once. Null: one after another.</summary>
    internal IKeysAhead? Ahead { get; init; }
}

/// <summary>Something that a listing met and could not list.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record ListingProblem(string Key, ListingProblemKind Kind, string Message)
{
    /// <summary>Whether objects below this key may exist that the listing does not show: nothing may be deleted on its strength.</summary>
    public bool HidesObjects => Kind == ListingProblemKind.UnreadableFolder;

    /// <summary>Whether something at or below this key may be there that the listing does not show, so that its absence from the listing tells nothing.</summary>
    internal bool LeavesOut => HidesObjects || Kind == ListingProblemKind.UnreadableFile;

    /// <summary>Whether something is left out that should be listed. A link that leads nowhere, or a device, has nothing to list.</summary>
    internal bool IsFailure => Kind is ListingProblemKind.UnreadableFolder or ListingProblemKind.UnreadableFile or ListingProblemKind.InvalidName;

    /// <summary>Why it could not be read; null where nobody tried.</summary>
    internal TrainctlError? Error { get; init; }
}

/// <summary>What stood in the way of a listing.</summary>
public enum ListingProblemKind
{
    /// <summary>A symbolic link whose target is not there.</summary>
    DanglingLink,

    /// <summary>A symbolic link that leads back to a folder that contains it.</summary>
    LinkLoop,

    /// <summary>A symbolic link, passed over because links are not followed.</summary>
    LinkNotFollowed,

    /// <summary>A socket, pipe or device.</summary>
    NotAFile,

    /// <summary>A folder that could not be read; objects may be hidden in it.</summary>
    UnreadableFolder,

    /// <summary>A file that may not be read.</summary>
    UnreadableFile,

    /// <summary>A file whose name is not valid text and so cannot be a key.</summary>
    InvalidName,
}
