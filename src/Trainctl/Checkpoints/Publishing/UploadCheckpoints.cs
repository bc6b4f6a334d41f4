using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>
/// Publishes complete checkpoints, oldest first: the data of one, its markers, its manifest; then the next. Pointers last of all.
/// </summary>
internal sealed class UploadCheckpoints(UploadCheckpointsSettings settings, EngineHost host, IObjectStore source, IObjectStore destination)
{
    private const string Name = "upload-checkpoints";

    private readonly List<ObjectOutcome> _outcomes = [];
    private readonly List<PublishedUnit> _units = [];
    private readonly List<string> _notes = [];

    public async Task<UploadCheckpointsReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var catalog = await CheckpointCatalog.ReadAsync(source, cancellationToken).ConfigureAwait(false);
        if (!catalog.Units.Any() && catalog.OtherObjects.Count == 0 && catalog.Problems.Count == 0)
        {
            throw new TrainctlException(
                TrainctlError.SourceNotFound, $"Nothing was found at '{source.Root}', so there is no checkpoint to publish. Check the location.", source.Root.ToString());
        }

        var published = await ListDestinationAsync(cancellationToken).ConfigureAwait(false);
        using var runner = new TransferRunner(settings.Transfer, host, Name);
        await SendLooseAsync(runner, Others(catalog), published, cancellationToken).ConfigureAwait(false);
        foreach (var unit in catalog.Units)
            await PublishAsync(runner, unit, published, cancellationToken).ConfigureAwait(false);
        await SendLooseAsync(runner, Pointers(catalog), published, cancellationToken).ConfigureAwait(false);
        return new UploadCheckpointsReport
        {
            Operation = Name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Source = source.Root.ToString(),
            Destination = destination.Root.ToString(),
            Units = _units,
            Objects = _outcomes,
            Problems = catalog.Problems,
            Notes = [.. catalog.ReadFailures.Select(static f => f.Message), .. _notes],
        };
    }

    private async Task<Dictionary<string, StoredObject>> ListDestinationAsync(CancellationToken cancellationToken)
    {
        var published = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        try
        {
            await foreach (var found in destination.ListAsync(new ListRequest(), cancellationToken).ConfigureAwait(false))
                published.Add(found.Key, found);
        }
        catch (TrainctlException exception)
            when (exception.Error == TrainctlError.StoreNotFound && destination.Root.IsFolder && !File.Exists(destination.Root.Path))
        {
            // A folder that is not there yet is an empty destination.
        }

        return published;
    }

    private IEnumerable<StoredObject> Others(CheckpointCatalog catalog)
    {
        if (!settings.IncludeOtherFiles)
        {
            if (catalog.OtherObjects.Count > 0)
                _notes.Add($"{HumanText.Count(catalog.OtherObjects.Count, "object")} that belong to no checkpoint were left out.");
            return [];
        }

        return catalog.OtherObjects.Where(static o => !UnfinishedName.IsIn(o.Key));
    }

    private static IEnumerable<StoredObject> Pointers(CheckpointCatalog catalog) => catalog.Pointers
        .Where(static p => p.Stored is not null && p.Problem is null)
        .Select(static p => p.Stored!)
        .DistinctBy(static o => o.Key);

    /// <summary>Objects without a manifest, compared as a sync does.</summary>
    private async Task SendLooseAsync(
        TransferRunner runner, IEnumerable<StoredObject> objects, Dictionary<string, StoredObject> published, CancellationToken cancellationToken)
    {
        var decisions = objects.Select(found => published.TryGetValue(found.Key, out var there)
            ? new SyncDecision(found, there, SyncRule.Compare(found, source.Traits, there, destination.Traits, Comparison.SizeAndTime, metadataAsked: false))
            : new SyncDecision(found, null, null));
        var resolver = new VerdictResolver(source, destination, Comparison.SizeAndTime, settings.Transfer.Concurrency);
        var items = new List<TransferItem>();
        await foreach (var decision in resolver.ResolveAsync(decisions.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false))
        {
            if (decision.Verdict is not Verdict.Same)
                items.Add(ItemFor(decision.Source!, decision.Verdict is null ? "new" : "modified"));
        }

        await SendAsync(runner, items, cancellationToken).ConfigureAwait(false);
    }

    private async Task PublishAsync(
        TransferRunner runner, CheckpointUnit unit, Dictionary<string, StoredObject> published, CancellationToken cancellationToken)
    {
        if (unit.State != CheckpointState.Complete)
        {
            _units.Add(new PublishedUnit(unit.Path, unit.Bytes, PublishResult.LeftOut, unit.StateReason ?? CheckpointText.State(unit.State)));
            return;
        }

        var plan = UploadPlanner.Plan(unit, await ReadManifestAsync(unit, published, cancellationToken).ConfigureAwait(false), published);
        if (!plan.IsNeeded)
        {
            _units.Add(new PublishedUnit(unit.Path, unit.Bytes, PublishResult.Unchanged, plan.Why));
            return;
        }

        var isWhole = settings.DryRun
            ? Record(plan)
            : await SendUnitAsync(runner, plan, published, cancellationToken).ConfigureAwait(false);
        var result = settings.DryRun ? PublishResult.Planned : isWhole ? PublishResult.Published : PublishResult.Failed;
        _units.Add(new PublishedUnit(unit.Path, unit.Bytes, result, isWhole ? plan.Why : "some of its objects failed, so it has no manifest"));
    }

    private bool Record(UnitUpload plan)
    {
        _outcomes.AddRange(plan.Missing.Select(m => TransferOutcome.Planned(ItemFor(m.Object, m.Reason))));
        return true;
    }

    /// <summary>While an object of a checkpoint is replaced, no manifest may vouch for it.</summary>
    private async Task<bool> SendUnitAsync(
        TransferRunner runner, UnitUpload plan, Dictionary<string, StoredObject> published, CancellationToken cancellationToken)
    {
        var unit = plan.Unit;
        if (published.ContainsKey(unit.ManifestKey))
        {
            var outcome = (await destination.DeleteAsync([new DeleteRequest(unit.ManifestKey)], cancellationToken).ConfigureAwait(false))[0];
            if (outcome.Failure is { } failure)
                throw failure;
        }

        var markers = unit.MarkerKeys.ToHashSet(StringComparer.Ordinal);
        var sent = await SendAsync(runner, [.. Items(m => !markers.Contains(m.Object.Key))], cancellationToken).ConfigureAwait(false);
        if (sent is null)
            return false;
        // Markers one after the other: the last one makes the checkpoint whole for its framework.
        foreach (var marker in Items(m => markers.Contains(m.Object.Key)))
        {
            if (await SendAsync(runner, [marker], cancellationToken).ConfigureAwait(false) is not { } one)
                return false;
            sent.AddRange(one);
        }

        var manifest = ManifestJson.Write(ManifestFor(plan, sent));
        await destination.PutAsync(unit.ManifestKey, manifest, new PutOptions { Checksum = Crc64.Of(manifest) }, cancellationToken).ConfigureAwait(false);
        return true;

        IEnumerable<TransferItem> Items(Func<PlannedUpload, bool> filter) => plan.Missing.Where(filter).Select(m => ItemFor(m.Object, m.Reason));
    }

    private async Task<Manifest?> ReadManifestAsync(
        CheckpointUnit unit, Dictionary<string, StoredObject> published, CancellationToken cancellationToken)
    {
        if (!published.TryGetValue(unit.ManifestKey, out var found))
            return null;
        var content = new byte[found.Size];
        await ContentReader.ReadAsync(destination, found, null, content, cancellationToken).ConfigureAwait(false);
        return ManifestJson.Read(content, found.Key);
    }

    /// <summary>Sends all, and answers their results, or null when one failed.</summary>
    private async Task<List<TransferResult>?> SendAsync(TransferRunner runner, IReadOnlyList<TransferItem> items, CancellationToken cancellationToken)
    {
        if (settings.DryRun)
        {
            _outcomes.AddRange(items.Select(TransferOutcome.Planned));
            return [];
        }

        var results = new List<TransferResult>();
        await runner.RunAsync(items.ToAsyncEnumerable(), result =>
        {
            results.Add(result);
            return ValueTask.CompletedTask;
        }, cancellationToken).ConfigureAwait(false);
        _outcomes.AddRange(results.Select(TransferOutcome.Of).OrderBy(static o => o.Key, KeyOrder.Instance));
        return results.Exists(static r => r.Failure is not null) ? null : results;
    }

    private TransferItem ItemFor(StoredObject found, string reason) => new()
    {
        Source = source,
        Object = found,
        Destination = destination,
        Key = found.Key,
        Reason = reason,
        StorageClass = settings.StorageClass,
    };

    private static Manifest ManifestFor(UnitUpload plan, List<TransferResult> sent)
    {
        var unit = plan.Unit;
        var entries = plan.Known.Values.Concat(sent.Select(r => new ManifestObject
        {
            Key = r.Item.Key[unit.KeyPrefix.Length..],
            Size = r.Stored!.Size,
            Checksum = r.Checksum!.Value.ToString(),
            ModifiedAt = r.Item.Object.ContentModifiedAt ?? r.Item.Object.ModifiedAt,
        }));
        return new Manifest
        {
            Version = Manifest.CurrentVersion,
            Layout = unit.Layout,
            Name = unit.Path[(unit.Path.LastIndexOf('/') + 1)..],
            Step = unit.Step,
            Epoch = unit.Epoch,
            Metrics = unit.Metrics,
            ModifiedAt = unit.ModifiedAt,
            Objects = [.. entries.OrderBy(static e => e.Key, KeyOrder.Instance)],
        };
    }
}
