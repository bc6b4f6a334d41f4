using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Checkpoints.Leftovers;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention.Planning;
using Trainctl.Storage;

namespace Trainctl.Retention.Deleting;

/// <summary>The part of a prune that is about what buckets keep besides their current objects.</summary>
internal sealed class BucketCleanup
{
    private readonly PruneCheckpointsSettings _settings;
    private readonly EngineHost _host;
    private readonly TimeProvider _time;
    private readonly IObjectStore _store;

    private BucketCleanup(PruneCheckpointsSettings settings, EngineHost host, TimeProvider time, IObjectStore store) =>
        (_settings, _host, _time, _store) = (settings, host, time, store);

    /// <exception cref="TrainctlException">A setting makes no sense, or needs a bucket.</exception>
    public static BucketCleanup For(PruneCheckpointsSettings settings, EngineHost host, TimeProvider time, IObjectStore store)
    {
        Validate(nameof(settings.AbortUploadsAfter), settings.AbortUploadsAfter, store);
        Validate(nameof(settings.DeleteHiddenVersionsAfter), settings.DeleteHiddenVersionsAfter, store);
        return new BucketCleanup(settings, host, time, store);
    }

    /// <summary>Cleans up, and adds to the report what was, or would be, done.</summary>
    public async Task<PruneReport> AddAsync(PruneReport report, CancellationToken cancellationToken)
    {
        if (_store is not IBucketStore bucket)
            return report;
        var removal = new LeftoverRemoval(bucket, _time.GetUtcNow(), _settings.DryRun);
        var leftovers = new List<ObjectOutcome>();
        if (_settings.AbortUploadsAfter is { } uploadAge)
            leftovers.AddRange(await TryAsync("unfinished uploads", () => removal.AbortUploadsAsync(uploadAge, cancellationToken)).ConfigureAwait(false));
        if (_settings.DeleteHiddenVersionsAfter is { } versionAge)
        {
            var layouts = LayoutChoice.Of(new CatalogOptions { Layout = _settings.Layout, Pattern = _settings.Pattern, Time = _time });
            leftovers.AddRange(await TryAsync("hidden versions", () => removal.DeleteHiddenVersionsAsync(versionAge, layouts, cancellationToken)).ConfigureAwait(false));
        }

        return report with
        {
            Leftovers = leftovers,
            IsVersioned = report.BytesFreed > 0 && await IsVersionedAsync(bucket, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>What could not be looked for is a failure in the report, which must not lose what the prune has done by then.</summary>
    private async Task<IReadOnlyList<ObjectOutcome>> TryAsync(string what, Func<Task<IReadOnlyList<ObjectOutcome>>> remove)
    {
        try
        {
            return await remove().ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            var nothing = new ObjectOutcome { Key = _store.Root.ToString(), Action = ObjectAction.Delete, Result = OutcomeResult.Failed, Bytes = 0, Reason = what };
            return [nothing.WithFailure(exception)];
        }
    }

    /// <summary>False when nobody may know; the report then says nothing about it.</summary>
    private async Task<bool> IsVersionedAsync(IBucketStore bucket, CancellationToken cancellationToken)
    {
        try
        {
            return await bucket.IsVersionedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            _host.Log.Debug($"Whether the bucket is versioned is not known. {exception.Message}");
            return false;
        }
    }

    private static void Validate(string name, TimeSpan? age, IObjectStore store)
    {
        if (age is null)
            return;
        PrunePlanner.BucketFor(store, name);
        if (age < TimeSpan.Zero)
            throw new TrainctlException(TrainctlError.InvalidSetting, $"{name} is {age}; it must be 0 or more, or not set.", name);
    }
}
