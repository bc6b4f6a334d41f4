using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention.Deleting;
using Trainctl.Retention.Trashing;
using Trainctl.Storage;

namespace Trainctl.Retention.Planning;

/// <summary>What a prune saw and what it decided.</summary>
internal sealed record PruneOutlook(CheckpointCatalog Catalog, IReadOnlyList<RetentionDecision> Decisions, PrunePlan Plan);

/// <summary>Looks and decides; changes nothing.</summary>
/// <param name="settings">What was asked for.</param>
/// <param name="time">By which ages count.</param>
/// <param name="store">The location.</param>
/// <param name="uploads">Where the checkpoints must be published; null when they need not be.</param>
internal sealed class PrunePlanner(PruneCheckpointsSettings settings, TimeProvider time, IObjectStore store, IObjectReader? uploads)
{
    public async Task<PruneOutlook> PlanAsync(CancellationToken cancellationToken)
    {
        var policy = settings.Policy;
        policy.Validate();
        settings.Limits.Validate();
        var trash = ParseTrash();
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = time };
        var catalog = await CheckpointCatalog.ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        if (!policy.IsEmpty)
            ThrowIfBlind(store, catalog);
        var now = time.GetUtcNow();
        var (runs, decisions) = await DecideAsync(store, catalog, policy, now, now, settings.PinTag, cancellationToken).ConfigureAwait(false);
        catalog = catalog with { Runs = runs };
        if (uploads is not null)
            decisions = await new UploadProof(store, uploads).ProtectAsync(decisions, cancellationToken).ConfigureAwait(false);
        var expired = trash is not null && settings.TrashMaxAge is { } age
            ? (await TrashListing.ReadAsync(store, trash, $"Pruning '{store.Root}'", cancellationToken).ConfigureAwait(false)).Expired(now, age)
            : [];
        var lone = new LoneObjects();
        var plan = new PrunePlan
        {
            Version = PrunePlan.CurrentVersion,
            Location = store.Root.ToString(),
            MadeAt = now,
            Policy = policy,
            Limits = settings.Limits,
            Trash = trash,
            Layout = settings.Layout,
            Pattern = settings.Pattern,
            PinTag = settings.PinTag,
            RequireUploaded = uploads?.Root.ToString(),
            Units = [.. decisions.Select(d => UnitOf(d, lone))],
            ExpiredTrash = expired,
        };
        return new PruneOutlook(catalog, decisions, plan);
    }

    /// <summary>Decides, and pins what is being brought back and what an object tag pins.</summary>
    /// <param name="store">The location.</param>
    /// <param name="catalog">What is there.</param>
    /// <param name="policy">The rules.</param>
    /// <param name="madeAt">By which the ages of checkpoints count: when the plan was made.</param>
    /// <param name="now">By which the marks of restores count.</param>
    /// <param name="pinTag">The tag that pins; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(IReadOnlyList<CheckpointRun> Runs, IReadOnlyList<RetentionDecision> Decisions)> DecideAsync(
        IObjectStore store, CheckpointCatalog catalog, RetentionPolicy policy, DateTimeOffset madeAt, DateTimeOffset now, string? pinTag, CancellationToken cancellationToken)
    {
        var all = RestoreMarks.Pin(catalog, now);
        if (pinTag is null)
            return (all, Evaluate(all));
        return await new TagPins(BucketFor(store, nameof(PruneCheckpointsSettings.PinTag)), pinTag).EvaluateAsync(all, Evaluate, cancellationToken).ConfigureAwait(false);

        IReadOnlyList<RetentionDecision> Evaluate(IReadOnlyList<CheckpointRun> runs) => RetentionEvaluator.Evaluate(runs, catalog.Pointers, policy, madeAt);
    }

    /// <summary>A setting about buckets that would silently mean nothing elsewhere is an error.</summary>
    public static IBucketStore BucketFor(IObjectStore store, string setting) => store as IBucketStore ?? throw new TrainctlException(
        TrainctlError.InvalidSetting, $"{setting} is set, and '{store.Root}' is not a bucket, so it would mean nothing. Leave it out.", setting);

    /// <summary>Nothing is deleted on the strength of something that could not be read.</summary>
    public static void ThrowIfBlind(IObjectStore store, CheckpointCatalog catalog)
    {
        if (catalog.Problems.FirstOrDefault(static p => p.HidesObjects) is { } hidden)
        {
            throw new TrainctlException(
                TrainctlError.IncompleteListing,
                $"Pruning '{store.Root}' was refused: it could not be listed completely. {hidden.Message} Make it readable, or prune the folders beside it.",
                hidden.Key);
        }

        if (catalog.ReadFailures.Count > 0)
        {
            var failure = catalog.ReadFailures[0];
            throw new TrainctlException(
                TrainctlError.UnreadablePointer,
                $"Pruning '{store.Root}' was refused: something that decides what may be deleted could not be read. {failure.Message}",
                failure.Subject,
                failure);
        }
    }

    private string? ParseTrash()
    {
        if (settings.TrashMaxAge is { } age && (age < TimeSpan.Zero || settings.Trash is null))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"TrashMaxAge is {age}; it must be 0 or more, and it needs Trash, which says where the trash is.",
                nameof(settings.TrashMaxAge));
        }

        return settings.Trash is null ? null : TrashName.Parse(settings.Trash);
    }

    private static PlannedUnit UnitOf(RetentionDecision decision, LoneObjects lone)
    {
        var unit = decision.Unit;
        return new PlannedUnit
        {
            Path = unit.Path,
            Layout = unit.Layout,
            Run = unit.Run,
            Step = unit.Step,
            Epoch = unit.Epoch,
            State = unit.State,
            ModifiedAt = unit.ModifiedAt,
            IsFolder = unit.IsFolder,
            Bytes = unit.Bytes,
            Decision = decision.Keep ? PlannedDecision.Keep : PlannedDecision.Remove,
            Reasons = decision.Keep ? [.. decision.KeepReasons.Select(static r => r.Text)] : [decision.RemovalReason ?? ""],
            Objects = decision.Keep ? [] : DeletionOrder.Of(unit, lone),
        };
    }
}
