using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>
/// The symbolic links below a folder and the checkpoints they lead to. A listing that follows links shows what is behind one under the link's key;
/// it is recognised by size and time, which a link has from its target.
/// </summary>
internal sealed class SymbolicLinks
{
    private readonly FolderKeys _keys;

    private SymbolicLinks(IEnumerable<string> keys) => _keys = new FolderKeys(keys);

    /// <summary>Finds the links by listing once more, without following any. Buckets have none.</summary>
    public static async Task<SymbolicLinks> FindAsync(IObjectReader store, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        if (store.Root.IsFolder)
        {
            var request = new ListRequest { FollowSymlinks = false, OnProblem = OnProblem };
            await foreach (var _ in store.ListAsync(request, cancellationToken).ConfigureAwait(false))
            {
                // Only the problems are of interest.
            }
        }

        return new SymbolicLinks(keys);

        void OnProblem(ListingProblem problem)
        {
            if (problem.Kind == ListingProblemKind.LinkNotFollowed)
                keys.Add(problem.Key);
        }
    }

    /// <summary>Whether a key is a link, or is reached through one.</summary>
    public bool LeadTo(string key) => _keys.Reach(key);

    /// <summary>For each link that leads to checkpoints or into them: the link's key, and the paths of the checkpoints.</summary>
    public IEnumerable<(string Key, IReadOnlyList<string> Targets)> Targets(IReadOnlyList<CheckpointUnit> units, IReadOnlyList<StoredObject> objects)
    {
        if (_keys.Count == 0)
            yield break;
        var real = units
            .SelectMany(static u => u.Objects, static (unit, found) => (Unit: unit, Object: found))
            .Where(pair => !LeadTo(pair.Object.Key))
            .ToLookup(static pair => Identity(pair.Object), static pair => pair.Unit.Path);
        var unitsByLink = new PathLookup<CheckpointUnit>(units, static u => u.Path, _keys.All);
        var objectsByLink = new PathLookup<StoredObject>(objects, static o => o.Key, _keys.All);
        foreach (var key in _keys.All.Order(KeyOrder.Instance))
        {
            // A link to a whole run, with checkpoints of its own below it, protects none of them.
            if (unitsByLink.AtOrBelow(key).Any(u => u.Path.Length > key.Length))
                continue;
            var targets = objectsByLink.AtOrBelow(key)
                .Where(static o => o.Size > 0)
                .SelectMany(o => real[Identity(o)])
                .Distinct(StringComparer.Ordinal)
                .ToArray();
            if (targets.Length > 0)
                yield return (key, targets);
        }
    }

    private static (long, DateTimeOffset) Identity(StoredObject found) => (found.Size, found.ModifiedAt);
}
