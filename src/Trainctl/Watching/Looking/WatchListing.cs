using System.Runtime.CompilerServices;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Watching.Looking;

/// <summary>One listing of a watched location, and what it could not show.</summary>
internal sealed class WatchListing(IObjectReader store, KeyFilter filter, string? ownKey)
{
    private readonly List<ListingProblem> _problems = [];

    /// <summary>What was met, where the filter lets something through. Known once the objects have been read to their end.</summary>
    public IReadOnlyList<WatchProblem> Problems => [.. Relevant.Select(static p => new WatchProblem(p.Key, null, p.Message))];

    /// <summary>Whether an object may be there although it was not listed.</summary>
    public bool HidesObjects => Relevant.Any(static p => p.LeavesOut);

    /// <summary>Whether something at or below a path may be there although it was not listed.</summary>
    public bool HidesBelow(string path) => Relevant.Any(p => p.LeavesOut && IsAtOrBelow(p.Key, path));

    /// <summary>All objects but the watch's own state file, in the order of keys.</summary>
    public async IAsyncEnumerable<StoredObject> ObjectsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var found in store.ListAsync(new ListRequest { OnProblem = _problems.Add }, cancellationToken).ConfigureAwait(false))
        {
            if (found.Key != ownKey)
                yield return found;
        }
    }

    private IEnumerable<ListingProblem> Relevant =>
        _problems.Where(p => p.Kind == ListingProblemKind.UnreadableFolder ? filter.MayAcceptBelow(p.Key) : filter.Accepts(p.Key));

    private static bool IsAtOrBelow(string key, string path) =>
        key.StartsWith(path, StringComparison.Ordinal) && (key.Length == path.Length || key[path.Length] == '/');
}
