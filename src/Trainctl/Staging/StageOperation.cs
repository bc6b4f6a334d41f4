using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Staging;

/// <summary>Runs one staging. Without a lock file it is a sync that never deletes; with one, the lock file decides what the data is.</summary>
internal sealed class StageOperation(StageDataSettings settings, EngineHost host, IObjectStore source, IObjectStore destination)
{
    public const string Name = "stage-data";

    public async Task<StageDataReport> RunAsync(CancellationToken cancellationToken)
    {
        var report = settings.LockFile is null
            ? await RunUnlockedAsync(cancellationToken).ConfigureAwait(false)
            : await new LockedStaging(settings, host, source, destination).RunAsync(cancellationToken).ConfigureAwait(false);
        return report.UnchangedObjects > 0 || report.Objects.Count > 0 ? report : throw NothingThere(report.Problems);
    }

    private TrainctlException NothingThere(IReadOnlyList<ListingProblem> problems)
    {
        if (problems.FirstOrDefault(static p => p.IsFailure) is { } hidden)
            return new TrainctlException(TrainctlError.ReadFailed, $"Nothing of '{source.Root}' could be read, so there is no data to stage. {hidden.Message}", hidden.Key);
        var what = problems is [var first, ..] ? $" {first.Message}" : "";
        return new TrainctlException(
            TrainctlError.SourceNotFound,
            $"Nothing was found at '{source.Root}', so there is no data to stage. Check the location, the prefix and the include and exclude patterns.{what}",
            source.Root.ToString());
    }

    private async Task<StageDataReport> RunUnlockedAsync(CancellationToken cancellationToken)
    {
        var sync = new SyncSettings
        {
            Source = settings.Source,
            Destination = settings.Destination,
            Include = settings.Include,
            Exclude = settings.Exclude,
            DryRun = settings.DryRun,
            Store = settings.Store,
            Transfer = settings.Transfer,
        };
        return new StageDataReport(await new SyncOperation(sync, host, Name, source, destination).RunAsync(cancellationToken).ConfigureAwait(false));
    }
}
