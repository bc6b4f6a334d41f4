using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>Finds what is at a path or below it without looking at everything: by each of its folders. Pure.</summary>
internal sealed class PathLookup<T>
{
    private readonly Dictionary<string, List<T>> _items = new(StringComparer.Ordinal);

    /// <param name="items">What to find.</param>
    /// <param name="pathOf">Its key, with <c>/</c> between segments.</param>
    /// <param name="asked">The only paths that will be asked for; null: any.</param>
    public PathLookup(IEnumerable<T> items, Func<T, string> pathOf, IReadOnlySet<string>? asked = null)
    {
        foreach (var item in items)
        {
            var path = pathOf(item);
            foreach (var folder in FolderKeys.FoldersOf(path))
                Add(folder, item, asked);
            Add(path, item, asked);
        }
    }

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<T> AtOrBelow(string path) => _items.GetValueOrDefault(path) ?? [];

    private void Add(string path, T item, IReadOnlySet<string>? asked)
    {
        if (asked?.Contains(path) == false)
            return;
        if (!_items.TryGetValue(path, out var list))
            _items.Add(path, list = []);
        list.Add(item);
    }
}
