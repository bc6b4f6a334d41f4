using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>A listing as a tree, so that layouts see folders in buckets too.</summary>
internal sealed class CatalogFolder(string path, string name)
{
    private readonly Dictionary<string, CatalogFolder> _folders = new(StringComparer.Ordinal);

    private readonly Dictionary<string, CatalogFile> _filesByName = new(StringComparer.Ordinal);

    /// <summary>Key prefix without the separator at its end; empty for the location itself.</summary>
    public string Path => path;

    public string Name => name;

    public List<CatalogFile> Files { get; } = [];

    public IReadOnlyCollection<CatalogFolder> Folders => _folders.Values;

    /// <summary>
    /// Objects of the location whose keys begin with a separator, as <c>/ckpt_5.pt</c>. The folder before it has neither a name nor a path of its own, so
    /// nothing in it can be told from what lies beside it, and nothing in it is a checkpoint.
    /// </summary>
    public List<StoredObject> Nameless { get; } = [];

    /// <summary>Whether all below belongs to a checkpoint already.</summary>
    public bool IsClaimed { get; private set; }

    public static CatalogFolder Build(IEnumerable<StoredObject> objects)
    {
        var root = new CatalogFolder("", "");
        foreach (var found in objects)
        {
            if (found.Key.StartsWith('/'))
            {
                root.Nameless.Add(found);
                continue;
            }

            var folder = root;
            var start = 0;
            for (var slash = found.Key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = found.Key.IndexOf('/', start))
            {
                folder = folder.Folder(found.Key, start, slash);
                start = slash + 1;
            }

            folder.Files.Add(new CatalogFile(found, found.Key[start..]));
        }

        return root;
    }

    public CatalogFile? Find(string fileName)
    {
        if (_filesByName.Count != Files.Count)
        {
            foreach (var file in Files)
                _filesByName.TryAdd(file.Name, file);
        }

        return _filesByName.GetValueOrDefault(fileName);
    }

    /// <summary>All files at any depth, but those without a path of their own.</summary>
    public IEnumerable<CatalogFile> AllFiles() => Files.Concat(_folders.Values.SelectMany(static f => f.AllFiles()));

    /// <summary>This folder and all below that no checkpoint has claimed; each before what is in it, so that a claim ends the descent.</summary>
    public IEnumerable<CatalogFolder> Unclaimed()
    {
        if (IsClaimed)
            yield break;
        yield return this;
        foreach (var folder in _folders.Values.SelectMany(static f => f.Unclaimed()))
            yield return folder;
    }

    public void Claim()
    {
        IsClaimed = true;
        foreach (var file in AllFiles())
            file.IsClaimed = true;
    }

    /// <summary>The folder that a segment of a key names; looked for without a text of its own, since nearly all are there already.</summary>
    private CatalogFolder Folder(string key, int start, int end)
    {
        var folders = _folders.GetAlternateLookup<ReadOnlySpan<char>>();
        if (folders.TryGetValue(key.AsSpan(start, end - start), out var folder))
            return folder;
        var segment = key[start..end];
        folder = new CatalogFolder(key[..end], segment);
        _folders.Add(segment, folder);
        return folder;
    }
}

/// <summary>One object of a <see cref="CatalogFolder"/>.</summary>
internal sealed class CatalogFile(StoredObject found, string name)
{
    public StoredObject Object => found;

    /// <summary>The last segment of the key.</summary>
    public string Name => name;

    /// <summary>Whether it belongs to a checkpoint or a pointer already.</summary>
    public bool IsClaimed { get; set; }
}
