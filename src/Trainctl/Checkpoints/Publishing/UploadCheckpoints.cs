using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer;
using Trainctl.Transfer.Resuming;

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
        PublishingPlace.ThrowIfInsideSource(source.Root, destination.Root);
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time };
        var catalog = await CheckpointCatalog.ReadAsync(source, options, cancellationToken).ConfigureAwait(false);
        if (!catalog.Units.Any() && catalog.Pointers.Count == 0 && catalog.OtherObjects.Count == 0 && catalog.Problems.Count == 0)
        {
            throw new TrainctlException(
                TrainctlError.SourceNotFound, $"Nothing was found at '{source.Root}', so there is no checkpoint to publish. Check the location.", source.Root.ToString());
        }

        var published = await PublishedObjects.ListAsync(destination, cancellationToken).ConfigureAwait(false);
        using var runner = new TransferRunner(settings.Transfer, host, Name);
        var sender = new ObjectSender(runner, settings.DryRun, source, destination, published);
        var loose = new LoosePublisher(settings, sender, source, destination, published);
        await loose.SendAsync(Others(catalog), _outcomes, cancellationToken).ConfigureAwait(false);
        var publisher = new UnitPublisher(settings, host, sender, source, destination, published);
        var units = await PublishAsync(publisher, [.. catalog.Units], cancellationToken).ConfigureAwait(false);
        await loose.SendAsync(Pointers(catalog, units, published), _outcomes, cancellationToken).ConfigureAwait(false);
        if (!settings.DryRun)
            await new TransferLeftovers(host).RemoveAsync(destination, cancellationToken).ConfigureAwait(false);
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

    private async Task<IReadOnlyList<PublishedUnit>> PublishAsync(UnitPublisher publisher, CheckpointUnit[] units, CancellationToken cancellationToken)
    {
        var outcomes = new UnitOutcome[units.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = UnitConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, units.Length, parallel, async (i, token) =>
            outcomes[i] = await publisher.PublishAsync(units[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        _outcomes.AddRange(outcomes.SelectMany(static o => o.Objects));
        return [.. outcomes.Select(static o => o.Unit)];
    }

    private IEnumerable<LooseObject> Others(CheckpointCatalog catalog)
    {
        if (settings.IncludeOtherFiles)
            return LooseObjects.Others(catalog);
        if (catalog.OtherObjects.Count > 0)
            _notes.Add($"Left out: {HumanText.Count(catalog.OtherObjects.Count, "object")} outside of checkpoints.");
        return [];
    }

    private List<LooseObject> Pointers(CheckpointCatalog catalog, IReadOnlyList<PublishedUnit> units, PublishedObjects published)
    {
        var absent = units.Where(static u => u.Result is PublishResult.Failed or PublishResult.LeftOut).Select(static u => u.Path).ToHashSet(StringComparer.Ordinal);
        var there = new Lazy<IReadOnlySet<string>>(published.Paths);
        // The state of a finished run may name a best checkpoint that is long gone. Where training goes on must be there: what was written while the source
        // was listed is not, and its pointer may be in the same listing.
        return LooseObjects.Pointers(catalog, absent.Contains, p => p.Kind == PointerKind.Best || there.Value.Contains(p.NamedPath), _notes.Add);
    }
}
