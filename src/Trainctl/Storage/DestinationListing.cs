using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;

namespace Trainctl.Storage;

/// <summary>Listings of places that are about to be written.</summary>
internal static class DestinationListing
{
    /// <summary>As <see cref="IObjectReader.ListAsync"/>, but a folder that is not there yet is empty: the first write makes it. A bucket must exist.</summary>
    public static async IAsyncEnumerable<StoredObject> ListDestinationAsync(
        this IObjectReader destination, ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listing = destination.ListAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var guard = listing.ConfigureAwait(false);
        while (await MoveNextAsync(destination, listing).ConfigureAwait(false))
            yield return listing.Current;
    }

    private static async ValueTask<bool> MoveNextAsync(IObjectReader destination, IAsyncEnumerator<StoredObject> listing)
    {
        try
        {
            return await listing.MoveNextAsync().ConfigureAwait(false);
        }
        catch (TrainctlException exception)
            when (exception.Error == TrainctlError.StoreNotFound && destination.Root.IsFolder && FolderPath.ObstacleAt(destination.Root.Path) is null)
        {
            return false;
        }
    }
}
