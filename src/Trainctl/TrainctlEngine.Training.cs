using Trainctl.Training;
using Trainctl.Transfer;

namespace Trainctl;

/// <content>Running trainings.</content>
public sealed partial class TrainctlEngine
{
    /// <summary>
    /// Runs a training script to its end, and publishes its checkpoints meanwhile where the settings name a place. The report's exit code is the script's.
    /// Training never fails or waits because publishing does.
    /// </summary>
    /// <param name="settings">What to run.</param>
    /// <param name="stop">By which the front end passes on signals; null when it has none.</param>
    /// <param name="cancellationToken">Kills training at once with all that it started, and publishes nothing more. To stop politely there is <paramref name="stop"/>.</param>
    /// <exception cref="Diagnostics.TrainctlException">A setting makes no sense, or the script or what runs it was not found. Training has not begun then.</exception>
    public async Task<TrainingReport> RunTrainingAsync(RunTrainingSettings settings, TrainingStop? stop = null, CancellationToken cancellationToken = default)
    {
        RunTraining.ThrowIfInvalid(settings);
        if (settings.Upload is null)
            return await new RunTraining(settings, _host, null).RunAsync(stop, cancellationToken).ConfigureAwait(false);
        var bandwidth = Bandwidth.Of(settings.Transfer, _host.Time);
        var source = Open(settings.Checkpoints!, settings.Store, bandwidth);
        await using var sourceGuard = source.ConfigureAwait(false);
        var destination = Open(settings.Upload, settings.Store, bandwidth);
        await using var destinationGuard = destination.ConfigureAwait(false);
        return await new RunTraining(settings, _host, (source, destination)).RunAsync(stop, cancellationToken).ConfigureAwait(false);
    }
}
