using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Sync;

/// <summary>Finds out while two folders are listed whether one is a part of the other where no path tells, as with a mount of the same folder (mount --bind).</summary>
internal sealed class SharedFolders(IObjectReader source, IObjectReader destination, KeyFilter filter)
{
    private readonly FileIdentity? _source = IdentityOf(source, destination);
    private readonly FileIdentity? _destination = IdentityOf(destination, source);

    /// <summary>Where in the destination the source is; null while it was not met there.</summary>
    public string? SourceInDestination { get; private set; }

    /// <summary>For <see cref="ListRequest.OnFolder"/> of the source.</summary>
    /// <exception cref="Diagnostics.TrainctlException">It is the destination.</exception>
    public void MeetInSource(string key, FileIdentity folder)
    {
        if (key.Length > 0 && folder == _destination && filter.MayAcceptBelow(key))
            throw Overlap.InSource(source.Root, destination.Root, key);
    }

    /// <summary>For <see cref="ListRequest.OnFolder"/> of the destination.</summary>
    public void MeetInDestination(string key, FileIdentity folder)
    {
        if (key.Length > 0 && folder == _source && filter.MayAcceptBelow(key))
            SourceInDestination ??= key;
    }

    private static FileIdentity? IdentityOf(IObjectReader side, IObjectReader other) => side.Root.IsFolder && other.Root.IsFolder ? FileIdentity.OfFolder(side.Root.Path) : null;
}
