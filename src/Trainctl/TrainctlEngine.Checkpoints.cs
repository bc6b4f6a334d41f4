using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Listing;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Checkpoints.Verification;
using Trainctl.Diagnostics;
using Trainctl.Review;
using Trainctl.Transfer;

namespace Trainctl;

/// <content>Operations on checkpoints.</content>
public sealed partial class TrainctlEngine
{
    /// <summary>Publishes the complete checkpoints of a folder: data first, then each manifest, pointers last.</summary>
    /// <exception cref="TrainctlException">The source has nothing, or a listing failed.</exception>
    public async Task<UploadCheckpointsReport> UploadCheckpointsAsync(UploadCheckpointsSettings settings, CancellationToken cancellationToken = default)
    {
        var bandwidth = Bandwidth.Of(settings.Transfer, _host.Time);
        var source = Open(settings.Source, settings.Store, bandwidth);
        await using var sourceGuard = source.ConfigureAwait(false);
        var destination = Open(settings.Destination, settings.Store, bandwidth);
        await using var destinationGuard = destination.ConfigureAwait(false);
        return await new UploadCheckpoints(settings, _host, source, destination).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists checkpoints, and looks into each whether it is whole.</summary>
    /// <exception cref="TrainctlException">The location does not exist or could not be listed.</exception>
    public async Task<ListCheckpointsReport> ListCheckpointsAsync(ListCheckpointsSettings settings, CancellationToken cancellationToken = default)
    {
        var store = Open(settings.Location, settings.Store);
        await using var guard = store.ConfigureAwait(false);
        return await new ListCheckpoints(settings, _host, store).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads checkpoints and compares their content with what was recorded when they were published. Changes nothing.</summary>
    /// <exception cref="TrainctlException">The location does not exist, could not be listed, or has no such checkpoint.</exception>
    public async Task<VerifyCheckpointsReport> VerifyCheckpointsAsync(VerifyCheckpointsSettings settings, CancellationToken cancellationToken = default)
    {
        var store = Open(settings.Location, settings.Store, Bandwidth.Of(settings.Transfer, _host.Time));
        await using var guard = store.ConfigureAwait(false);
        return await new VerifyCheckpoints(settings, _host, store).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says what is at a location: by kind, by run, what is incomplete, what is largest.</summary>
    /// <exception cref="TrainctlException">The location does not exist or could not be listed.</exception>
    public async Task<ReviewReport> ReviewArtifactsAsync(ReviewArtifactsSettings settings, CancellationToken cancellationToken = default)
    {
        var store = Open(settings.Location, settings.Store);
        await using var guard = store.ConfigureAwait(false);
        return await new ReviewArtifacts(settings, _host, store).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
