using Trainctl.Diagnostics;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Transfer;

namespace Trainctl;

/// <content>Operations that move objects.</content>
public sealed partial class TrainctlEngine
{
    /// <summary>Makes the destination hold what the source holds.</summary>
    /// <exception cref="TrainctlException">The source does not exist, a listing failed, or a deletion was refused.</exception>
    public async Task<SyncReport> SyncAsync(SyncSettings settings, CancellationToken cancellationToken = default)
    {
        var bandwidth = Bandwidth.Of(settings.Transfer, _host.Time);
        var source = Open(settings.Source, settings.Store, bandwidth);
        await using var sourceGuard = source.ConfigureAwait(false);
        var destination = Open(settings.Destination, settings.Store, bandwidth);
        await using var destinationGuard = destination.ConfigureAwait(false);
        return await new SyncOperation(settings, _host, "sync", source, destination).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies one object, or all below a prefix.</summary>
    /// <exception cref="TrainctlException">The source does not exist or has nothing, or the destination does not exist or rejects the credentials.</exception>
    public async Task<SyncReport> CopyAsync(CopySettings settings, CancellationToken cancellationToken = default)
    {
        var bandwidth = Bandwidth.Of(settings.Transfer, _host.Time);
        return await new CopyOperation(settings, _host, url => Open(url, settings.Store, bandwidth)).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists what is at a location.</summary>
    /// <exception cref="TrainctlException">The folder or bucket does not exist, or may not be read.</exception>
    public Task<ListReport> ListAsync(ListSettings settings, CancellationToken cancellationToken = default) =>
        new ListOperation(settings, _host, url => Open(url, settings.Store)).RunAsync(cancellationToken);

    /// <summary>Lists what is at a location, entry by entry as the store tells them, where a report with all of them would be too much to hold.</summary>
    /// <param name="settings">What to list.</param>
    /// <param name="onProblem">Told of what the listing met and could not list. Default: nobody.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="TrainctlException">The folder or bucket does not exist, or may not be read. Entries may have come before.</exception>
    public IAsyncEnumerable<ListedEntry> EnumerateAsync(
        ListSettings settings, Action<ListingProblem>? onProblem = null, CancellationToken cancellationToken = default) =>
        new ListOperation(settings, _host, url => Open(url, settings.Store)).EntriesAsync(onProblem, cancellationToken);

    /// <summary>Brings a dataset from a store to a folder, exactly as its lock file says where there is one.</summary>
    /// <exception cref="TrainctlException">The source has nothing, a listing failed, or the store has drifted from the lock file.</exception>
    public async Task<StageDataReport> StageDataAsync(StageDataSettings settings, CancellationToken cancellationToken = default)
    {
        if (!settings.Destination.IsFolder)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"Destination is '{settings.Destination}'; data is staged into a folder. Use sync for other stores.", nameof(settings.Destination));
        }

        if (settings is { UpdateLock: true, LockFile: null })
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, "UpdateLock is set, and LockFile is not, so nothing would be locked. Set LockFile, or leave out UpdateLock.", nameof(settings.UpdateLock));
        }

        if (settings.LockFile is { } lockFile)
            LocalFile.ThrowIfFolder(lockFile, nameof(settings.LockFile), _host);
        var bandwidth = Bandwidth.Of(settings.Transfer, _host.Time);
        var source = Open(settings.Source, settings.Store, bandwidth);
        await using var sourceGuard = source.ConfigureAwait(false);
        var destination = Open(settings.Destination, settings.Store, bandwidth);
        await using var destinationGuard = destination.ConfigureAwait(false);
        return await new StageOperation(settings, _host, source, destination).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a store. One bandwidth is for all stores of an operation.</summary>
    private IObjectStore Open(ObjectUrl url, StoreSettings settings, Bandwidth? bandwidth = null)
    {
        var store = _host.OpenStore(url.Resolve(_host.WorkingDirectory), settings, _host);
        if (bandwidth is not null && store is INetworkStore network)
            network.LimitTo(bandwidth);
        return store;
    }
}
