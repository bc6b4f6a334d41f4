using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>What became of one checkpoint, and of its objects.</summary>
/// <param name="Unit">The checkpoint.</param>
/// <param name="Objects">Its objects that were sent, or tried.</param>
/// <param name="Error">What failed besides objects; null when nothing did.</param>
internal sealed record UnitOutcome(PublishedUnit Unit, IReadOnlyList<ObjectOutcome> Objects, TrainctlError? Error = null);

/// <summary>
/// Publishes one checkpoint: what is no longer true goes first, then data, then markers, and the manifest last, when the source is still what was sent.
/// </summary>
internal sealed class UnitPublisher(
    UploadCheckpointsSettings settings, EngineHost host, ObjectSender sender, IObjectStore source, IObjectStore destination, PublishedObjects published)
{
    private const string NoManifest = "so no manifest vouches for it";

    private readonly ManifestWithdrawal _withdrawal = new(destination, published, host.Log);

    public async Task<UnitOutcome> PublishAsync(CheckpointUnit unit, CancellationToken cancellationToken)
    {
        if (unit.State != CheckpointState.Complete)
        {
            // What could not be read is a failure; what is not whole may be a checkpoint in the making.
            var result = unit.IsUnread ? PublishResult.Failed : PublishResult.LeftOut;
            return new UnitOutcome(new PublishedUnit(unit.Path, unit.Bytes, result, unit.StateReason ?? CheckpointText.State(unit.State)), []);
        }

        var outcomes = new List<ObjectOutcome>();
        try
        {
            var plan = await PlanAsync(unit, cancellationToken).ConfigureAwait(false);
            if (!plan.IsNeeded)
                return new UnitOutcome(new PublishedUnit(unit.Path, unit.Bytes, PublishResult.Unchanged, plan.Why), []);
            var failure = await SendAsync(plan, outcomes, cancellationToken).ConfigureAwait(false);
            var result = failure is not null ? PublishResult.Failed : settings.DryRun ? PublishResult.Planned : PublishResult.Published;
            return new UnitOutcome(new PublishedUnit(unit.Path, unit.Bytes, result, failure ?? plan.Why), outcomes);
        }
        catch (TrainctlException exception)
        {
            // Why not all could be listed tells whether to try again soon.
            var cause = exception is { Error: TrainctlError.IncompleteListing, InnerException: TrainctlException inner } ? inner : exception;
            return new UnitOutcome(new PublishedUnit(unit.Path, unit.Bytes, PublishResult.Failed, exception.Message), outcomes, cause.Error);
        }
    }

    private async Task<UnitUpload> PlanAsync(CheckpointUnit unit, CancellationToken cancellationToken)
    {
        await published.UncoverAsync(unit, destination, cancellationToken).ConfigureAwait(false);
        var manifest = await ReadManifestAsync(unit, cancellationToken).ConfigureAwait(false);
        var there = published.Among(UploadPlanner.ContentOf(unit).Select(static o => o.Key).Append(unit.ManifestKey));
        var inDoubt = destination.Traits.KeepsChecksums ? UploadPlanner.InDoubt(unit, manifest, there).ToArray() : [];
        var heads = new StoredObject?[inDoubt.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.Transfer.LookupConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, inDoubt.Length, parallel, async (i, token) =>
            heads[i] = await destination.HeadAsync(inDoubt[i].Key, token).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var (listed, head) in inDoubt.Zip(heads))
        {
            if (head is null)
                there.Remove(listed.Key);
            else
                there[head.Key] = head;
        }

        return UploadPlanner.Plan(unit, manifest, there);
    }

    /// <summary>Answers why the checkpoint is not published, or null when it is.</summary>
    private async Task<string?> SendAsync(UnitUpload plan, List<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (settings.DryRun)
            return (await SendContentAsync(plan, [], outcomes, cancellationToken).ConfigureAwait(false))?.Text(null);
        if (plan.OldManifest is { } old)
        {
            var deleted = await destination.DeleteAsync([new DeleteRequest(old.Key, old) { MayPassLinks = true }], cancellationToken).ConfigureAwait(false);
            if (deleted[0].Failure is { } failure)
                throw failure;
            published.Forget(old.Key);
        }

        var mayHaveReplaced = plan.Missing.Count > 0;
        Unpublished? why;
        try
        {
            var entries = new List<ManifestObject>(plan.Known);
            why = await SendContentAsync(plan, entries, outcomes, cancellationToken).ConfigureAwait(false)
                ?? await ChangeAsync(plan.Unit, cancellationToken).ConfigureAwait(false);
            if (why is null)
            {
                mayHaveReplaced = true;
                why = await SendManifestAsync(plan.Unit, entries, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (mayHaveReplaced)
        {
            if (await _withdrawal.WithdrawAsync(plan.Unit).ConfigureAwait(false) is { } left && exception is TrainctlException failure)
                throw new TrainctlException(failure.Error, $"{failure.Message} Besides, {left}.", failure.Subject, failure);
            throw;
        }

        return why?.Text(mayHaveReplaced ? await _withdrawal.WithdrawAsync(plan.Unit).ConfigureAwait(false) : null);
    }

    private async Task<Unpublished?> SendContentAsync(
        UnitUpload plan, List<ManifestObject> entries, List<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        var data = plan.Missing.Where(static m => !m.IsMarker).Select(m => sender.ItemFor(m.Object, m.Reason, settings.StorageClass));
        // Markers one after the other: the last one makes the checkpoint whole for its framework. They are read at every prune, so never archived.
        var markers = plan.Missing.Where(static m => m.IsMarker).Select(m => sender.ItemFor(m.Object, m.Reason, storageClass: null));
        foreach (var batch in (IEnumerable<TransferItem[]>)[[.. data], .. markers.Select(static m => new[] { m })])
        {
            var results = await sender.SendAsync(batch, outcomes, cancellationToken).ConfigureAwait(false);
            if (outcomes.Exists(static o => o.Error is not null))
                return new Unpublished("some of its objects failed");
            entries.AddRange(results.Select(r => EntryOf(plan.Unit, r)));
        }

        return null;
    }

    private async Task<Unpublished?> ChangeAsync(CheckpointUnit unit, CancellationToken cancellationToken) =>
        await UnitDrift.FindAsync(unit, source, cancellationToken).ConfigureAwait(false) is { } changed
            ? new Unpublished($"{changed} changed while it was published", "run again when training has moved on")
            : null;

    private async Task<Unpublished?> SendManifestAsync(CheckpointUnit unit, List<ManifestObject> entries, CancellationToken cancellationToken)
    {
        var manifest = ManifestJson.Write(ManifestFor(unit, entries));
        var options = new PutOptions { Checksum = Crc64.Of(manifest) };
        published.Remember(await destination.PutAsync(unit.ManifestKey, manifest, options, cancellationToken).ConfigureAwait(false));
        if (await PublishedDrift.FindAsync(unit, entries, published, destination, cancellationToken).ConfigureAwait(false) is not { } foreign)
            return null;
        await published.RefreshAsync(unit, destination, cancellationToken).ConfigureAwait(false);
        return new Unpublished($"{foreign} was written or removed by somebody else while it was published", "run again when nobody else publishes or removes it");
    }

    /// <summary>One that is listed and not there counts as none, and stays remembered: it goes before objects are replaced, should the store be wrong about it now.</summary>
    private async Task<Manifest?> ReadManifestAsync(CheckpointUnit unit, CancellationToken cancellationToken) =>
        published.Find(unit.ManifestKey) is { } found && await ManifestReader.FindAsync(destination, found, cancellationToken).ConfigureAwait(false) is { } content
            ? ManifestJson.Read(content, found.Key)
            : null;

    private static ManifestObject EntryOf(CheckpointUnit unit, TransferResult result) => new()
    {
        Key = result.Item.Key[unit.KeyPrefix.Length..],
        Size = result.Stored!.Size,
        Checksum = result.Checksum!.Value.ToString(),
        ModifiedAt = result.Item.Object.ContentModifiedAt ?? result.Item.Object.ModifiedAt,
    };

    private static Manifest ManifestFor(CheckpointUnit unit, List<ManifestObject> entries) => new()
    {
        Version = Manifest.CurrentVersion,
        Layout = unit.Layout,
        Name = unit.Path[(unit.Path.LastIndexOf('/') + 1)..],
        Step = unit.Step,
        Epoch = unit.Epoch,
        Metrics = unit.Metrics,
        NonFiniteMetrics = unit.NonFiniteMetrics,
        ModifiedAt = unit.ModifiedAt,
        Objects = [.. entries.OrderBy(static e => e.Key, KeyOrder.Instance)],
    };

    /// <summary>Why a checkpoint is not published.</summary>
    /// <param name="What">Happened.</param>
    /// <param name="Advice">What to try; null where that is plain.</param>
    private sealed record Unpublished(string What, string? Advice = null)
    {
        /// <param name="left">What is wrong still; null when no manifest vouches for the checkpoint.</param>
        public string Text(string? left) => $"{What}, {(left is null ? NoManifest : "and " + left)}{(Advice is null ? "" : "; " + Advice)}";
    }
}
