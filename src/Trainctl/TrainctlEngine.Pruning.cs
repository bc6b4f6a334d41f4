using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Retention.Planning;
using Trainctl.Retention.Trashing;
using Trainctl.Storage;

namespace Trainctl;

/// <content>Removing checkpoints, and bringing them back.</content>
public sealed partial class TrainctlEngine
{
    /// <summary>Deletes the checkpoints that the settings' rules do not keep, or moves them to the trash: makes a plan and applies it at once.</summary>
    /// <exception cref="TrainctlException">
    /// The location does not exist, a setting makes no sense, a limit would be exceeded, or pruning was refused because something could not be listed or read.
    /// </exception>
    public async Task<PruneReport> PruneCheckpointsAsync(PruneCheckpointsSettings settings, CancellationToken cancellationToken = default)
    {
        var store = Open(settings.Location, settings.Store);
        await using var guard = store.ConfigureAwait(false);
        return await WithUploadsAsync(settings.RequireUploaded, settings.Store, uploads =>
            new PruneCheckpoints(settings, _host, store, uploads).RunAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Says what a prune with these settings would do, and changes nothing. A plan beyond the settings' limits is made too; applying it is refused.</summary>
    /// <exception cref="TrainctlException">As for <see cref="PruneCheckpointsAsync"/>.</exception>
    public async Task<PrunePlan> PlanPruneAsync(PruneCheckpointsSettings settings, CancellationToken cancellationToken = default)
    {
        var store = Open(settings.Location, settings.Store);
        await using var guard = store.ConfigureAwait(false);
        return await WithUploadsAsync(settings.RequireUploaded, settings.Store, uploads =>
            new PruneCheckpoints(settings, _host, store, uploads).PlanAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Does what a plan in a file says.</summary>
    /// <exception cref="TrainctlException">
    /// The file is no plan, one of a newer version, or for another location; or as for <see cref="PruneCheckpointsAsync"/>.
    /// </exception>
    public async Task<PruneReport> ApplyPruneAsync(ApplyPrunePlanSettings settings, CancellationToken cancellationToken = default)
    {
        var plan = await PlanFile.ReadAsync(settings.PlanFile, _host, cancellationToken).ConfigureAwait(false);
        if (settings.Location is { } location)
            ApplyPrunePlan.ThrowIfElsewhere(plan, settings.PlanFile, location.Resolve(_host.WorkingDirectory));
        return await ApplyPruneAsync(plan, settings.DryRun, settings.Store, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Does what a plan says, once more looking at everything: what changed since, or is protected by now, is kept and reported; what is gone is fine.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="dryRun">Whether to change nothing.</param>
    /// <param name="settings">How to reach the store; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two objects.</param>
    /// <exception cref="TrainctlException">As for <see cref="PruneCheckpointsAsync"/>.</exception>
    public async Task<PruneReport> ApplyPruneAsync(
        PrunePlan plan, bool dryRun = false, StoreSettings? settings = null, CancellationToken cancellationToken = default)
    {
        var store = Open(ObjectUrl.Parse(plan.Location), settings ?? StoreSettings.Default);
        await using var guard = store.ConfigureAwait(false);
        var uploaded = plan.RequireUploaded is { } url ? ObjectUrl.Parse(url) : null;
        return await WithUploadsAsync(uploaded, settings ?? StoreSettings.Default, uploads =>
            new ApplyPrunePlan(plan, _host, store, uploads, dryRun).RunAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Brings checkpoints back from the trash. Never replaces anything: what is in the way makes that checkpoint stay in the trash.</summary>
    /// <exception cref="TrainctlException">The location or the trash does not exist or holds nothing that was asked for.</exception>
    public async Task<RestoreReport> RestoreCheckpointsAsync(RestoreCheckpointsSettings settings, CancellationToken cancellationToken = default)
    {
        var store = Open(settings.Location, settings.Store);
        await using var guard = store.ConfigureAwait(false);
        return await new RestoreCheckpoints(settings, _host, store).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs with the store that checkpoints are published to; null where none is named.</summary>
    private async Task<T> WithUploadsAsync<T>(ObjectUrl? url, StoreSettings settings, Func<IObjectStore?, Task<T>> work)
    {
        if (url is null)
            return await work(null).ConfigureAwait(false);
        var uploads = Open(url, settings);
        await using var guard = uploads.ConfigureAwait(false);
        return await work(uploads).ConfigureAwait(false);
    }
}
