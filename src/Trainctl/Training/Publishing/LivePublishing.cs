using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Storage;

namespace Trainctl.Training.Publishing;

/// <summary>
/// Publishes checkpoints while training runs: one loop looks and holds, another one publishes the newest, so that a slow or absent store hinders neither training
/// nor the holding.
/// </summary>
internal sealed class LivePublishing : IDisposable
{
    /// <summary>What is cancelled says within this time what it has done; who hangs is left behind.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <summary>Many files take a while to remove; a file system that hangs is left behind.</summary>
    private static readonly TimeSpan Removal = TimeSpan.FromSeconds(30);

    private readonly RunTrainingSettings _settings;
    private readonly EngineHost _host;
    private readonly Backlog _backlog;
    private readonly CheckpointLooks _looks;
    private readonly BacklogPublisher _publisher;
    private readonly FinalFlush _flush;
    private readonly SemaphoreSlim _looked = new(0, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _io;
    private readonly Lock _disposing = new();
    private bool _isDisposed;
    private Task _looking = Task.CompletedTask;
    private Task _publishing = Task.CompletedTask;
    private Task _flushing = Task.CompletedTask;

    /// <param name="settings">With a place to publish to.</param>
    /// <param name="host">The process.</param>
    /// <param name="stores">The checkpoints' folder, and that place.</param>
    /// <param name="cancellationToken">Ends everything.</param>
    public LivePublishing(RunTrainingSettings settings, EngineHost host, (IObjectStore Source, IObjectStore Destination) stores, CancellationToken cancellationToken)
    {
        (_settings, _host) = (settings, host);
        _backlog = new Backlog(settings.Interval);
        _looks = new CheckpointLooks(settings, host, stores.Source, _backlog);
        _publisher = new BacklogPublisher(UploadOf(settings), host, _backlog, stores.Source, stores.Destination);
        _flush = new FinalFlush(settings, host, _backlog, _looks, _publisher);
        _io = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Does everything on other threads, and throws nothing.</summary>
    public void Begin()
    {
        _looking = Task.Run(LookAsync, CancellationToken.None);
        _publishing = Task.Run(PublishAsync, CancellationToken.None);
    }

    /// <summary>Ends the last publishing before its time. May come at any time, from a signal or a timer; what is over is left alone.</summary>
    public void CutShort()
    {
        lock (_disposing)
        {
            if (!_isDisposed)
                _ = _io.CancelAsync();
        }
    }

    /// <summary>Training has ended: publishes what is left, within the time that the settings give, and says what became of all.</summary>
    public async Task<PublishingResult> FinishAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        using var limit = _host.Time.CreateTimer(_ => CutShort(), null, _settings.FlushTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await _looking.WaitAsync(_io.Token).ConfigureAwait(false);
            // A file system that hangs holds the thread that asked it, so that is another one.
            _flushing = Task.Run(() => _flush.RunAsync(_publishing, _io.Token), CancellationToken.None);
            await _flushing.WaitAsync(_io.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The thread that told us so has others to tell, which are waited for below.
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            // The time is over, or somebody did not want to wait: the result says what is missing.
            return await EndEarlyAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, the training's own end must be told.
            return ResultWith($"Publishing ended early: {exception.Message}");
        }

        return Result();
    }

    public void Dispose()
    {
        lock (_disposing)
            _isDisposed = true;
        _ending.Cancel();
        _ = _io.CancelAsync();
        _publisher.Dispose();
        // What is held goes when nobody looks any more; if this process ends before that, the next training beside it removes it.
        var looked = Task.WhenAll(_looking, _flushing).ContinueWith(static _ => { }, TaskScheduler.Default);
        var releasing = looked.ContinueWith(_ => _looks.Dispose(), TaskScheduler.Default);
        if (!looked.Wait(LastWords) || !releasing.Wait(Removal) || !_publishing.IsCompleted)
            return;
        _ending.Dispose();
        _io.Dispose();
        _looked.Dispose();
    }

    private PublishingResult Result() => PublishingResult.Of(_settings, _backlog, _looks, _publisher);

    private static UploadCheckpointsSettings UploadOf(RunTrainingSettings settings) => new()
    {
        Source = settings.Checkpoints!,
        Destination = settings.Upload!,
        IncludeOtherFiles = settings.IncludeOtherFiles,
        StorageClass = settings.StorageClass,
        Layout = settings.Layout,
        Pattern = settings.Pattern,
        Store = settings.Store,
        Transfer = settings.Transfer,
    };

    private async Task LookAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await _looks.LookAsync(hasEnded: false, _io.Token).ConfigureAwait(false);
            if (_looked.CurrentCount == 0)
                _looked.Release();
            await Task.Delay(_settings.Interval, _host.Time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PublishAsync()
    {
        var (failures, dueAt) = (0, TimeSpan.Zero);
        while (!_ending.IsCancellationRequested)
        {
            if (dueAt <= Now)
                await _publisher.ListAsync(_io.Token).ConfigureAwait(false);
            var job = _publisher.Published is null ? null : _backlog.TakeNewest(Now);
            if (job is not null)
                await _publisher.PublishAsync(job, _io.Token).ConfigureAwait(false);
            if (dueAt <= Now)
            {
                failures = await SendPointersAsync().ConfigureAwait(false) ? 0 : failures + 1;
                dueAt = Now + RetryDelay.After(failures, _settings.Interval, RetryDelay.WhileTraining);
            }

            if (job is null)
                await _looked.WaitAsync(_ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> SendPointersAsync()
    {
        if (_publisher.Published is null)
            return false;
        if (_looks.Latest is not { } latest)
            return true;
        var pointers = LooseObjects.Pointers(latest, path => !_backlog.IsPublished(path), static _ => false, static _ => { });
        return !(await _publisher.SendAsync(pointers, _io.Token).ConfigureAwait(false)).HasFailed;
    }

    /// <summary>By a clock that nobody sets.</summary>
    private TimeSpan Now => _host.Time.GetElapsedTime(0);

    private async Task<PublishingResult> EndEarlyAsync()
    {
        using var limited = new CancellationTokenSource(LastWords, _host.Time);
        var limit = limited.Token;
        await Task.WhenAll(_publishing, _flushing, _looking).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _publisher.SettleAsync(limit).ConfigureAwait(false);
        // Two looks at once would hold the same things, and where one hangs, so does the next.
        if (_looking.IsCompleted && _flushing.IsCompleted)
        {
            // With time of its own: a store that hangs may have taken all of the other.
            using var forLook = new CancellationTokenSource(LastWords, _host.Time);
            var lookLimit = forLook.Token;
            _looking = Task.Run(() => _looks.LookAsync(hasEnded: true, lookLimit), CancellationToken.None);
            await _looking.WaitAsync(lookLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return _looking.IsCompletedSuccessfully && _flushing.IsCompleted
            ? Result()
            : ResultWith($"'{_settings.Checkpoints}' did not answer in time when training had ended, so what was saved there last may be missing here.");
    }

    private PublishingResult ResultWith(string note) => Result() is var result ? result with { Notes = [note, .. result.Notes] } : result;
}
