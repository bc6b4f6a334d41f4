using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention.Deleting;
using Trainctl.Retention.Planning;
using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>Applies a plan that was made earlier, perhaps elsewhere.</summary>
internal sealed class ApplyPrunePlan(PrunePlan plan, EngineHost host, IObjectStore store, IObjectReader? uploads, bool dryRun)
{
    public async Task<PruneReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        PrunePlanJson.ThrowIfInvalid(plan, plan.Location);
        plan.Policy.Validate();
        plan.Limits.Validate();
        if (plan.Trash is { } trash)
            TrashName.Parse(trash);
        if (uploads is not null)
            UploadProof.ThrowIfSame(store.Root, uploads.Root);
        var time = new StoreTime(host, store);
        var options = new CatalogOptions { Layout = plan.Layout, Pattern = plan.Pattern, Time = time };
        var catalog = await CheckpointCatalog.ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        PrunePlanner.ThrowIfBlind(store, catalog);
        var (runs, _) = await PrunePlanner.DecideAsync(store, catalog, plan.Policy, plan.MadeAt, time.GetUtcNow(), plan.PinTag, cancellationToken).ConfigureAwait(false);
        catalog = catalog with { Runs = runs };
        var work = await PlanRecheck.CheckAsync(plan, catalog, store, uploads, cancellationToken).ConfigureAwait(false);
        return await new PruneApplication(host, time, store, dryRun, looksAgain: true).RunAsync(plan, catalog, work, start, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fails when a plan is for another place than the one it is to be applied to.</summary>
    public static void ThrowIfElsewhere(PrunePlan plan, string name, ObjectUrl location)
    {
        var here = location.WithoutEndSeparator().ToString();
        if (ObjectUrl.Parse(plan.Location).WithoutEndSeparator().ToString() != here)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"The prune plan '{name}' is for '{plan.Location}', and Location is '{here}'. Make a plan for this location.", name);
        }
    }
}
