using Trainctl.Retention.Deleting;
using Trainctl.Retention.Planning;
using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>Runs one prune: look, decide, and remove what nothing keeps, oldest first. A dry run is the plan alone.</summary>
internal sealed class PruneCheckpoints(PruneCheckpointsSettings settings, EngineHost host, IObjectStore store, IObjectReader? uploads = null)
{
    private readonly StoreTime _time = new(host, store);

    public async Task<PrunePlan> PlanAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken).ConfigureAwait(false)).Plan;

    public async Task<PruneReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var cleanup = BucketCleanup.For(settings, host, _time, store);
        var outlook = await LookAsync(cancellationToken).ConfigureAwait(false);
        var work = outlook.Decisions.Zip(outlook.Plan.Units, static (decision, planned) => new PruneWork(decision, decision.Keep ? null : planned, null));
        var report = await new PruneApplication(host, _time, store, settings.DryRun, looksAgain: false)
            .RunAsync(outlook.Plan, outlook.Catalog, [.. work], start, cancellationToken).ConfigureAwait(false);
        if (report.Stopped is not null)
            return report;
        return await cleanup.AddAsync(report, cancellationToken).ConfigureAwait(false) with { Duration = host.Time.GetElapsedTime(start) };
    }

    private async Task<PruneOutlook> LookAsync(CancellationToken cancellationToken)
    {
        if (settings.RequireUploaded is not null && uploads is not null)
            UploadProof.ThrowIfSame(store.Root, uploads.Root);
        var outlook = await new PrunePlanner(settings, _time, store, uploads).PlanAsync(cancellationToken).ConfigureAwait(false);
        if (settings.PlanFile is { } path)
            await PlanFile.WriteAsync(path, outlook.Plan, host, cancellationToken).ConfigureAwait(false);
        return outlook;
    }
}
