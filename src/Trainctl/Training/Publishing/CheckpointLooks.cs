using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Training.Publishing;

/// <summary>Looks at the checkpoints' folder, and holds what has settled. Training may delete and rewrite under its hands, so no look fails.</summary>
internal sealed class CheckpointLooks(RunTrainingSettings settings, EngineHost host, IObjectStore source, Backlog backlog) : IDisposable
{
    private readonly HoldingFolder _holding = new(source.Root.Path, host);
    private readonly CatalogMemory _memory = new(host.Time);
    private string? _lastProblem;

    /// <summary>What the last look that succeeded has found: nothing where the folder is gone again; null before.</summary>
    public CheckpointCatalog? Latest { get; private set; }

    /// <summary>Why the last look failed; null when it did not.</summary>
    public TrainctlException? Failure { get; private set; }

    /// <summary>Whether the last look found no folder. False while it goes on: a folder that does not answer may be there.</summary>
    public bool IsAbsent { get; private set; }

    /// <summary>Whether the last look did not see, or could not read, all that is there.</summary>
    public bool HasMissed => Failure is not null || (Latest is { } latest && (latest.ReadFailures.Count > 0 || latest.Problems.Any(static p => p.IsFailure)));

    /// <summary>Whether it would be so again.</summary>
    public bool IsLasting => Failure is not null
        ? LastingFailure.Is(Failure.Error)
        : Latest is not { } latest
            || (latest.ReadFailures.All(static f => f.Error == TrainctlError.UnreadablePointer || LastingFailure.Is(f.Error))
                && latest.Problems.Where(static p => p.IsFailure).All(LastingFailure.Is));

    /// <summary>How many files outside of checkpoints went with the folder; 0 while it is there.</summary>
    public int GoneOthers { get; private set; }

    /// <param name="hasEnded">Whether training has ended, so that nothing needs time to settle.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task LookAsync(bool hasEnded, CancellationToken cancellationToken)
    {
        IsAbsent = false;
        try
        {
            _holding.Renew();
            _memory.EarlierPaths = [.. backlog.All().Select(static t => t.Unit.Path)];
            var options = new CatalogOptions
            {
                Layout = settings.Layout,
                Pattern = hasEnded && settings.Pattern is { } pattern ? pattern with { SettleTime = TimeSpan.Zero } : settings.Pattern,
                Time = host.Time,
                Memory = _memory,
            };
            var catalog = await CheckpointCatalog.ReadAsync(source, options, cancellationToken).ConfigureAwait(false);
            backlog.See(catalog.Units, catalog.Problems);
            (Latest, Failure, GoneOthers) = (catalog, null, 0);
            foreach (var tracked in backlog.Settled())
                await HoldAsync(tracked, cancellationToken).ConfigureAwait(false);
            foreach (var path in backlog.ReleaseAllBut(settings.MaxHeldCheckpoints))
                host.Log.Warning($"{path} was deleted by training before it could be published, and newer ones are kept instead.");
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.StoreNotFound)
        {
            // Training has not made the folder yet, or has removed it.
            backlog.See([]);
            (Failure, IsAbsent) = (null, true);
            if (Latest is { } latest)
            {
                GoneOthers += LooseObjects.Others(latest).Count();
                Latest = latest with { Runs = [], Pointers = [], OtherObjects = [], TrashObjects = [], Problems = [], ReadFailures = [] };
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (_lastProblem != exception.Message)
                host.Log.Warning($"Looking for checkpoints in '{source.Root}': {exception.Message}");
            _lastProblem = exception.Message;
            Failure = exception as TrainctlException ?? new TrainctlException(TrainctlError.ReadFailed, exception.Message, source.Root.ToString(), exception);
        }
    }

    public void Dispose() => _holding.Dispose();

    /// <summary>The look is older than the links: what they hold is whole only when nothing has changed since.</summary>
    private async Task HoldAsync(TrackedCheckpoint tracked, CancellationToken cancellationToken)
    {
        if (settings.MaxHeldCheckpoints == 0 || _holding.IsImpossible)
        {
            backlog.MakeReady(tracked, null);
            return;
        }

        var held = _holding.TryHold(tracked.Unit);
        var isSame = false;
        try
        {
            isSame = await UnitDrift.FindAsync(tracked.Unit, source, cancellationToken).ConfigureAwait(false) is null;
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.IncompleteListing)
        {
            host.Log.Debug($"{tracked.Unit.Path} is looked at again: {exception.Message}");
        }
        finally
        {
            if (!isSame)
                held?.Release();
        }

        if (isSame)
            backlog.MakeReady(tracked, held);
    }
}
