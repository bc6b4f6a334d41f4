using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>
/// The listings of both sides of a sync. Where one is a folder and the other is not, the folder's runs ahead and tells the other where its pages will be: mostly the
/// two are alike, as one was made from the other, and what is read ahead is needed anyway.
/// </summary>
internal sealed class SyncListings : IAsyncDisposable
{
    private readonly LookaheadListing? _near;

    public SyncListings(
        IObjectReader source, ListRequest ofSource, IObjectReader destination, ListRequest ofDestination, CancellationToken cancellationToken)
    {
        if (source.Root.IsFolder == destination.Root.IsFolder)
        {
            Source = source.ListAsync(ofSource, cancellationToken);
            Destination = destination.ListDestinationAsync(ofDestination, cancellationToken);
        }
        else if (source.Root.IsFolder)
        {
            _near = new LookaheadListing(source.ListAsync(ofSource, cancellationToken), cancellationToken);
            Source = _near.TakeAsync();
            Destination = destination.ListDestinationAsync(ofDestination with { Ahead = _near }, cancellationToken);
        }
        else
        {
            _near = new LookaheadListing(destination.ListDestinationAsync(ofDestination, cancellationToken), cancellationToken);
            Source = source.ListAsync(ofSource with { Ahead = _near }, cancellationToken);
            Destination = _near.TakeAsync();
        }
    }

    /// <summary>Of the source.</summary>
    public IAsyncEnumerable<StoredObject> Source { get; }

    /// <summary>Of the destination; a folder that is not there yet is empty.</summary>
    public IAsyncEnumerable<StoredObject> Destination { get; }

    public ValueTask DisposeAsync() => _near?.DisposeAsync() ?? ValueTask.CompletedTask;
}
