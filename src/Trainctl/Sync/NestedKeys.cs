using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>
/// Finds keys below other keys (<c>a</c> and <c>a/b</c>), which a folder cannot hold, in a listing on its way there. Holds only keys that start with
/// each other. Which of them is refused does not depend on which is written first.
/// </summary>
internal sealed class NestedKeys(IObjectStore destination)
{
    private readonly List<string> _open = [];

    /// <summary>Why the key cannot be stored beside those before it, as half a sentence; null when it can. Called in the order of keys.</summary>
    public string? ObstacleOf(string key)
    {
        if (!destination.Root.IsFolder)
            return null;
        while (_open.Count > 0 && !key.StartsWith(_open[^1], StringComparison.Ordinal))
            _open.RemoveAt(_open.Count - 1);
        var file = _open.Find(open => key[open.Length] == '/' && destination.RefusalOf(open) is null);
        _open.Add(key);
        return file is null ? null : $"the source has '{file}' too, which cannot be a file and a folder at once";
    }
}
