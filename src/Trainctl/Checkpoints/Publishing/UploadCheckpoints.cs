using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>
/// Publishes complete checkpoints: other files first, then each checkpoint with its manifest last, and pointers when all checkpoints are there.
/// </summary>
internal sealed class UploadCheckpoints(UploadCheckpointsSettings settings, EngineHost host, IObjectStore source, IObjectStore destination)
{
    private const string Name = "upload-checkpoints";

    /// <summary>Checkpoints under way at once, so that many small ones do not wait for each other's last object.</summary>
    private const int UnitConcurrency = 4;

    private readonly List<ObjectOutcome> _outcomes = [];
    private readonly List<string> _notes = [];

    public async Task<UploadCheckpointsReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        ThrowIfInsideSource();
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time };
        var catalog = await CheckpointCatalog.ReadAsync(source, options, cancellationToken).ConfigureAwait(false);
        if (!catalog.Units.Any() && catalog.Pointers.Count == 0 && catalog.OtherObjects.Count == 0 && catalog.Problems.Count == 0)
        {
            throw new TrainctlException(
                TrainctlError.SourceNotFound, $"Nothing was found at '{source.Root}', so there is no checkpoint to publish. Check the location.", source.Root.ToString());
        }

        var published = await ListDestinationAsync(cancellationToken).ConfigureAwait(false);
        using var runner = new TransferRunner(settings.Transfer, host, Name);
        var sender = new ObjectSender(runner, settings.DryRun, source, destination);
        await SendLooseAsync(sender, Others(catalog), published, cancellationToken).ConfigureAwait(false);
        var units = await PublishAsync(sender, [.. catalog.Units], published, cancellationToken).ConfigureAwait(false);
        await SendLooseAsync(sender, Pointers(catalog, units), published, cancellationToken).ConfigureAwait(false);
        return new UploadCheckpointsReport
        {
            Operation = Name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Source = source.Root.ToString(),
            Destination = destination.Root.ToString(),
            Units = units,
            Objects = _outcomes,
            Problems = catalog.Problems,
            Notes = [.. catalog.ReadFailures.Select(static f => f.Message), .. _notes],
        };
    }

    /// <summary>What is published inside its own source would be published again, one level deeper, at each run.</summary>
    private void ThrowIfInsideSource()
    {
        if (source.Root.Kind != destination.Root.Kind || source.Root.Bucket != destination.Root.Bucket)
            return;
        var from = source.Root.WithoutEndSeparator().Path.TrimEnd('/') + '/';
        var to = destination.Root.WithoutEndSeparator().Path.TrimEnd('/') + '/';
        if (from == "/" || to.StartsWith(from, StringComparison.Ordinal))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"Destination '{destination.Root}' is inside Source '{source.Root}'; it must be somewhere else.",
                nameof(settings.Destination));
        }
    }

    private async Task<Dictionary<string, StoredObject>> ListDestinationAsync(CancellationToken cancellationToken)
    {
        var published = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var found in destination.ListDestinationAsync(new ListRequest(), cancellationToken).ConfigureAwait(false))
            published.Add(found.Key, found);
        return published;
    }

    private async Task<IReadOnlyList<PublishedUnit>> PublishAsync(
        ObjectSender sender, CheckpointUnit[] units, Dictionary<string, StoredObject> published, CancellationToken cancellationToken)
    {
        var publisher = new UnitPublisher(settings, sender, source, destination);
        var outcomes = new UnitOutcome[units.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = UnitConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, units.Length, parallel, async (i, token) =>
            outcomes[i] = await publisher.PublishAsync(units[i], published, token).ConfigureAwait(false)).ConfigureAwait(false);
        _outcomes.AddRange(outcomes.SelectMany(static o => o.Objects));
        return [.. outcomes.Select(static o => o.Unit)];
    }

    private IEnumerable<StoredObject> Others(CheckpointCatalog catalog)
    {
        if (settings.IncludeOtherFiles)
            return catalog.OtherObjects.Where(static o => !UnfinishedName.IsIn(o.Key) && !Manifest.IsManifestKey(o.Key) && !o.Key.EndsWith('/'));
        if (catalog.OtherObjects.Count > 0)
            _notes.Add($"Left out: {HumanText.Count(catalog.OtherObjects.Count, "object")} outside of checkpoints.");
        return [];
    }

    /// <summary>A pointer must not lead readers to a checkpoint that did not arrive.</summary>
    private List<StoredObject> Pointers(CheckpointCatalog catalog, IReadOnlyList<PublishedUnit> units)
    {
        var absent = units.Where(static u => u.Result is PublishResult.Failed or PublishResult.LeftOut).Select(static u => u.Path).ToHashSet(StringComparer.Ordinal);
        var pointers = new List<StoredObject>();
        foreach (var group in catalog.Pointers.Where(static p => p.Stored is not null).GroupBy(static p => p.Key))
        {
            if (group.FirstOrDefault(static p => p.Problem is not null) is { } broken)
                _notes.Add($"{group.Key} was left out: {broken.Problem}.");
            else if (group.SelectMany(static p => p.Targets).FirstOrDefault(absent.Contains) is { } target && group.Any(static p => p.Text.Length > 0))
                _notes.Add($"{group.Key} was left out: it names {target}, which was not published.");
            else
                pointers.Add(group.First().Stored!);
        }

        return pointers;
    }

    /// <summary>Objects without a manifest, compared as a sync does.</summary>
    private async Task SendLooseAsync(
        ObjectSender sender, IEnumerable<StoredObject> objects, Dictionary<string, StoredObject> published, CancellationToken cancellationToken)
    {
        var decisions = objects.Select(found => published.TryGetValue(found.Key, out var there)
            ? new SyncDecision(found, there, SyncRule.Compare(found, source.Traits, there, destination.Traits, Comparison.SizeAndTime, metadataAsked: false))
            : new SyncDecision(found, null, null));
        var resolver = new VerdictResolver(source, destination, Comparison.SizeAndTime, settings.Transfer.Concurrency);
        var items = new List<TransferItem>();
        await foreach (var decision in resolver.ResolveAsync(decisions.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false))
        {
            if (decision.Verdict is not Verdict.Same)
                items.Add(sender.ItemFor(decision.Source!, Reason(decision.Verdict), settings.StorageClass));
        }

        await sender.SendAsync(items, _outcomes, cancellationToken).ConfigureAwait(false);
    }

    private static string Reason(Verdict? verdict) => verdict switch
    {
        null => "new",
        Verdict.SizeDiffers => "size differs",
        _ => "modified",
    };
}
