using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Sync;

/// <summary>
/// Finds keys that differ in case only on their way to a folder whose file system takes them for one file, so that the second would replace the first. Holds
/// all keys there, and nothing for any other destination.
/// </summary>
/// <param name="destination">Where they are written.</param>
/// <param name="mayWrite">Whether the disk may be touched to find out what it does.</param>
internal sealed class CaseTwins(IObjectStore destination, bool mayWrite)
{
    private readonly Lazy<bool> _isNeeded = new(() => destination is FolderStore folder && folder.IgnoresCase(mayWrite));
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the key cannot be stored beside those before it, as half a sentence; null when it can. Called in the order of keys.</summary>
    public string? ObstacleOf(string key)
    {
        if (!_isNeeded.Value || _keys.Add(key))
            return null;
        _keys.TryGetValue(key, out var first);
        if (first == key)
            return null;
        if (destination.RefusalOf(first!) is null)
            return $"the source has '{first}' too, which is the same file there: its file system ignores case";
        _keys.Remove(first!);
        _keys.Add(key);
        return null;
    }

    /// <summary>Whether a key of the destination is the same file as one that was asked about.</summary>
    public bool Hold(string key) => _keys.Contains(key);
}
