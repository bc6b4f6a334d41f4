using Trainctl.Checkpoints.Layouts;
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
    /// <param name="store">The location.</param>
    /// <param name="problems">Of the listing before. Takes what hides links from this one only: what they lead to would look as if nothing named it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<SymbolicLinks> FindAsync(IObjectReader store, List<ListingProblem> problems, CancellationToken cancellationToken)
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
            else if (problem.HidesObjects && !problems.Exists(p => p.HidesObjects && p.Key == problem.Key))
                problems.Add(problem);
        }
    }

    /// <summary>Whether a key is a link, or is reached through one.</summary>
    public bool LeadTo(string key) => _keys.Reach(key);

    /// <summary>The links that lead to checkpoints or into them.</summary>
    public IReadOnlyList<CheckpointLink> ToCheckpoints(IReadOnlyList<UnitClaim> claims, IReadOnlyList<StoredObject> objects)
    {
        if (_keys.Count == 0)
            return [];
        var real = claims
            .SelectMany(static c => c.Objects.Concat(c.Sidecars), static (claim, found) => (claim.Path, found.Key, Identity: Identity(found)))
            .Where(o => !LeadTo(o.Key))
            .ToLookup(static o => o.Identity, static o => (o.Path, o.Key));
        var claimsByLink = new PathLookup<UnitClaim>(claims, static c => c.Path, _keys.All);
        var objectsByLink = new PathLookup<StoredObject>(objects, static o => o.Key, _keys.All);
        var links = new List<CheckpointLink>();
        foreach (var key in _keys.All.Order(KeyOrder.Instance))
        {
            var behind = objectsByLink.AtOrBelow(key).Where(static o => o.Size > 0)
                .SelectMany(o => real[Identity(o)], (found, there) => (there.Path, Depth: Depth(there.Path, there.Key, found.Key[key.Length..]))).ToArray();
            // A link to a whole run, with checkpoints of its own below it, protects none of them.
            if (claimsByLink.AtOrBelow(key).Any(c => c.Path.Length > key.Length))
                behind = Array.FindAll(behind, static b => b.Depth is not null);
            if (behind.Length > 0)
                links.Add(new CheckpointLink(key, [.. behind.Select(static b => b.Path).Distinct(StringComparer.Ordinal)], IsInto(behind.Select(static b => b.Depth))));
        }

        return links;
    }

    /// <summary>
    /// By how much a key below a checkpoint's folder is longer than what stands behind the link: 0 when the link leads to the folder, null when it leads
    /// elsewhere.
    /// </summary>
    private static int? Depth(string path, string key, string rest) =>
        rest.Length > 0 && key.StartsWith(path + "/", StringComparison.Ordinal) && key.AsSpan(path.Length).EndsWith(rest, StringComparison.Ordinal)
            ? key.Length - path.Length - rest.Length
            : null;

    /// <summary>Files of one checkpoint may have one size and time, so of each there may be several.</summary>
    private static bool IsInto(IEnumerable<int?> depths) => depths.OfType<int>().DefaultIfEmpty(0).Min() > 0;

    private static (long, DateTimeOffset) Identity(StoredObject found) => (found.Size, found.ModifiedAt);
}

/// <summary>A symbolic link that leads to checkpoints or into them.</summary>
/// <param name="Key">Of the link.</param>
/// <param name="Targets">Paths of the checkpoints.</param>
/// <param name="IsInto">Whether it leads to a folder inside of one.</param>
internal sealed record CheckpointLink(string Key, IReadOnlyList<string> Targets, bool IsInto)
{
    /// <summary>Tells whether what looks like a checkpoint at a path is a part of one that a link leads to.</summary>
    public static Predicate<string> Parts(IReadOnlyList<CheckpointLink> links)
    {
        var keys = links.Select(static l => l.Key).ToHashSet(StringComparer.Ordinal);
        var into = links.Where(static l => l.IsInto).Select(static l => l.Key).ToHashSet(StringComparer.Ordinal);
        return path => keys.Count > 0 && (into.Contains(path) || FolderKeys.FoldersOf(path).Any(keys.Contains));
    }
}
