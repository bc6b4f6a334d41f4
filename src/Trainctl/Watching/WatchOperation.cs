using System.Runtime.CompilerServices;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Watching.Looking;
using Trainctl.Watching.Reacting;
using Trainctl.Watching.Remembering;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching;

/// <summary>Looks, hands out what changed, waits, and looks again.</summary>
internal sealed class WatchOperation
{
    private readonly WatchSettings _settings;
    private readonly EngineHost _host;
    private readonly IObjectReader _store;
    private readonly IWatchTarget _target;
    private readonly WatchProgress _progress;
    private readonly CommandRunner? _runner;
    private HashSet<WatchProblem> _reported = [];
    private bool _hasLooked;
    private bool _hasSaved;
    private int _failures;

    public WatchOperation(WatchSettings settings, EngineHost host, IObjectReader store)
    {
        settings.Validate();
        (_settings, _host, _store) = (settings, host, store);
        var file = settings.StateFile is { } path ? new WatchStateFile(path, WatchScope.Of(settings, store.Root), host) : null;
        _progress = new WatchProgress(file, host.Time);
        _runner = settings.Command is { } command ? new CommandRunner(command, store.Root.ToString(), host) : null;
        var filter = new KeyFilter(settings.Include, settings.Exclude);
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time };
        _target = settings.CompleteOnly
            ? new WatchedCheckpoints(store, options, filter, file?.KeyBelow(store.Root))
            : new WatchedObjects(store, filter, file?.KeyBelow(store.Root));
    }

    public async IAsyncEnumerable<WatchEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _progress.OpenAsync(CancellationToken.None).ConfigureAwait(false);
        if (_settings is { Once: true, Since: null } && !_progress.HasLooked)
            _host.Log.Warning("This look is the first, so it has nothing to compare with and reports nothing. Say since when things are wanted, or look again with the same state file.");
        try
        {
            do
            {
                if (await LookAsync(cancellationToken).ConfigureAwait(false) is not { } look)
                    yield break;
                var seenAt = _host.Time.GetUtcNow();
                foreach (var problem in News(look))
                    yield return EventOf(problem, seenAt);
                if (look.Entries is null)
                    continue;
                foreach (var change in Changes(look.Entries))
                {
                    if (await HandleAsync(EventOf(change, seenAt), cancellationToken).ConfigureAwait(false) is not { } seen)
                        yield break;
                    yield return seen;
                    _progress.Done(change);
                    if (await _progress.TrySaveAsync().ConfigureAwait(false) is { } failure)
                        yield return EventOf(WatchProblem.Of("", failure), seenAt);
                }

                _progress.EndLook();
                if (await SaveLookAsync().ConfigureAwait(false) is { } unsaved)
                    yield return EventOf(WatchProblem.Of("", unsaved), seenAt);
            }
            while (!_settings.Once && await WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            await _progress.SaveAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Null when it was stopped. The first look must succeed: a wrong location is an error, and none that time heals.</summary>
    private async Task<WatchLook?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var look = await _target.LookAsync(_progress.Before, cancellationToken).ConfigureAwait(false);
            (_hasLooked, _failures) = (true, 0);
            return look;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (TrainctlException exception) when (_hasLooked)
        {
            _failures++;
            return WatchLook.Failed(exception);
        }
    }

    /// <summary>What was not said after the last look; a failed look is said every time.</summary>
    private IReadOnlyList<WatchProblem> News(WatchLook look)
    {
        if (look.Entries is null)
            return look.Problems;
        WatchProblem[] news = [.. look.Problems.Where(p => !_reported.Contains(p))];
        _reported = [.. look.Problems];
        return news;
    }

    private IEnumerable<WatchChange> Changes(IEnumerable<WatchEntry> entries)
    {
        if (!_progress.HasLooked)
            _progress.SetBaseline(_settings.Since is { } since ? entries.Where(e => e.ModifiedAt <= since) : entries);
        return _progress.Changes(entries);
    }

    /// <summary>Null when it was stopped, so that the event is not done.</summary>
    private async Task<WatchEvent?> HandleAsync(WatchEvent seen, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return null;
        try
        {
            return _runner is null ? seen : seen with { Command = await _runner.RunAsync(seen, cancellationToken).ConfigureAwait(false) };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Saves after a look. After the first it must succeed: a path that cannot be written is an error; a disk that is full later may have room again.</summary>
    private async Task<TrainctlException?> SaveLookAsync()
    {
        try
        {
            await _progress.SaveAsync().ConfigureAwait(false);
            _hasSaved = true;
            return null;
        }
        catch (TrainctlException exception) when (_hasSaved)
        {
            return exception;
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(WatchBackoff.DelayAfter(_settings.Interval, _failures), _host.Time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    private WatchEvent EventOf(WatchChange change, DateTimeOffset seenAt) => new()
    {
        SeenAt = seenAt,
        Kind = change.Kind,
        Key = change.Entry.Key,
        Url = _store.Root.Append(change.Entry.Key).ToString(),
        Size = change.Entry.Size,
        ModifiedAt = change.Entry.ModifiedAt,
        ETag = change.Entry.ETag,
        Checkpoint = change.Entry.Checkpoint,
    };

    private WatchEvent EventOf(WatchProblem problem, DateTimeOffset seenAt)
    {
        _host.Log.Warning(problem.Message);
        return new()
        {
            SeenAt = seenAt,
            Kind = WatchEventKind.Problem,
            Key = problem.Key,
            Url = _store.Root.Append(problem.Key).ToString(),
            ErrorCode = problem.ErrorCode,
            Error = problem.Message,
        };
    }
}
