using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Sync;

/// <summary>Finds out while two folders are listed whether one is a part of the other where no path tells, as with a mount of the same folder (mount --bind).</summary>
/// <param name="source">One side.</param>
/// <param name="destination">The other.</param>
/// <param name="filter">What is synced.</param>
/// <param name="deletes">Whether anything will be deleted at the destination, so that parts of the source that are there matter too.</param>
internal sealed class SharedFolders(IObjectReader source, IObjectReader destination, KeyFilter filter, bool deletes = false)
{
    private readonly FileIdentity? _source = IdentityOf(source, destination);
    private readonly FileIdentity? _destination = IdentityOf(destination, source);
    private readonly HashSet<FileIdentity> _ofSource = [];

    /// <summary>Where in the destination the source is; null while it was not met there.</summary>
    public string? SourceInDestination { get; private set; }

    /// <summary>For <see cref="ListRequest.OnFolder"/> of the source.</summary>
    /// <exception cref="Diagnostics.TrainctlException">It is the destination.</exception>
    public void MeetInSource(string key, FileIdentity folder)
    {
        if (key.Length == 0 || _destination is null || (folder != _destination && !deletes) || !filter.MayAcceptBelow(key))
            return;
        if (folder == _destination)
            throw Overlap.InSource(source.Root, destination.Root, key);
        _ofSource.Add(folder);
    }

    /// <summary>For <see cref="ListRequest.OnFolder"/> of the destination.</summary>
    public void MeetInDestination(string key, FileIdentity folder)
    {
        if (key.Length > 0 && folder == _source && filter.MayAcceptBelow(key))
            SourceInDestination ??= key;
    }

    /// <summary>
    /// A folder that the source has too, elsewhere, so that what is deleted there is deleted at the source; null when there is none. Under one key on both sides it has
    /// nothing that the source does not have.
    /// </summary>
    /// <param name="surplus">What is to be deleted at the destination, in the order of keys.</param>
    public string? FindPartOfSource(IEnumerable<StoredObject> surplus)
    {
        if (_ofSource.Count == 0)
            return null;
        string? last = null;
        foreach (var key in surplus.Select(static o => o.Key[..Math.Max(0, o.Key.LastIndexOf('/'))]))
        {
            if (key == last)
                continue;
            last = key;
            if (FolderIn(destination, key) is { } folder && _ofSource.Contains(folder) && FolderIn(source, key) != folder)
                return key;
        }

        return null;
    }

    private static FileIdentity? FolderIn(IObjectReader side, string key) => FileIdentity.OfFolder(FolderPath.ToPath(side.Root.Path, key));

    private static FileIdentity? IdentityOf(IObjectReader side, IObjectReader other) => side.Root.IsFolder && other.Root.IsFolder ? FileIdentity.OfFolder(side.Root.Path) : null;
}
