using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Review;

namespace Trainctl;

/// <content>Operations on checkpoints.</content>
public sealed partial class TrainctlEngine
{
    /// <summary>Publishes the complete checkpoints of a folder: data first, then each manifest, pointers last.</summary>
    /// <exception cref="TrainctlException">The source has nothing, or a listing failed.</exception>
    public async Task<UploadCheckpointsReport> UploadCheckpointsAsync(UploadCheckpointsSettings settings, CancellationToken cancellationToken = default)
    {
        var source = Open(settings.Source, settings.Store);
        await using var sourceGuard = source.ConfigureAwait(false);
        var destination = Open(settings.Destination, settings.Store);
        await using var destinationGuard = destination.ConfigureAwait(false);
        return await new UploadCheckpoints(settings, _host, source, destination).RunAsync(cancellationToken).ConfigureAwait(false);
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
