using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching.Looking;

/// <summary>The objects of a location. One listing for each look.</summary>
internal sealed class WatchedObjects(IObjectReader store, KeyFilter filter, string? ownKey) : IWatchTarget
{
    public async Task<WatchLook> LookAsync(IEnumerable<WatchEntry> before, CancellationToken cancellationToken)
    {
        var listing = new WatchListing(store, filter, ownKey);
        var builder = new WatchSnapshot.Builder();
        await foreach (var found in listing.ObjectsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (filter.Accepts(found.Key))
                builder.Add(WatchEntry.Of(found));
        }

        var snapshot = builder.Build();
        var entries = listing.HidesObjects ? WatchSnapshot.Of(WatchDiffer.WithoutDeletions(before, snapshot)) : snapshot;
        return new WatchLook(entries, listing.Problems);
    }
}
