namespace Trainctl.Storage;

/// <summary>Keys that may have others below them.</summary>
internal sealed class FolderKeys
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    public FolderKeys(params IEnumerable<string> keys)
    {
        foreach (var key in keys)
            Add(key);
    }

    public int Count => _keys.Count;

    public IReadOnlySet<string> All => _keys;

    public void Add(string key) => _keys.Add(key);

    /// <summary>Whether a key is one of them, or lies below one.</summary>
    public bool Reach(string key) => _keys.Count > 0 && (_keys.Contains(key) || FoldersOf(key).Any(_keys.Contains));

    /// <summary>The folders that a key lies in, the outermost first.</summary>
    public static IEnumerable<string> FoldersOf(string key)
    {
        for (var slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', slash + 1))
            yield return key[..slash];
    }
}
