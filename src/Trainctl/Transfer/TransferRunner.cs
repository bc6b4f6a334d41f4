using System.Collections.Concurrent;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer.S5cmd;
using Trainctl.Transfer.Scheduling;

namespace Trainctl.Transfer;

/// <summary>Moves a stream of objects, a bounded number at a time. A failed object does not stop the others.</summary>
internal sealed class TransferRunner : IDisposable
{
    /// <summary>Of small objects in flight, which are in memory whole. As many as are useful with a store that is near, whatever their size.</summary>
    private const long MostSmallBytes = ConcurrencyController.MostQueueing * WholeTransfer.Small;

    private readonly TransferSettings _settings;
    private readonly ProgressMeter _progress;
    private readonly SemaphoreSlim _largeOnes;
    private readonly Scheduler _scheduler;
    private readonly ConcurrentDictionary<INetworkStore, bool> _networks = new();
    private readonly S5cmdRoute? _s5cmd;
    private readonly EngineHost _host;

    /// <exception cref="TrainctlException">A setting makes no sense, or names a backend that cannot be used.</exception>
    public TransferRunner(TransferSettings settings, EngineHost host, string operation)
    {
        ThrowIfInvalid(settings);
        _settings = settings;
        _host = host;
        _progress = new ProgressMeter(host, operation);
        _largeOnes = new SemaphoreSlim(settings.PartConcurrency);
        _scheduler = new Scheduler(
            new AdaptivePlaces(settings.MeasuredConcurrency, host.Time, MostRequests), new Places(MostSmallBytes), new Places(settings.PartConcurrency), host.Time);
        if (settings.Backend == TransferBackend.Auto && settings.BandwidthBytesPerSecond is not null)
            host.Log.Debug("The built-in backend moves everything: s5cmd cannot be limited to a bandwidth.");
        else if (settings.Backend != TransferBackend.BuiltIn)
            _s5cmd = new S5cmdRoute(settings, host, _progress, S5cmdRule.Measured);
    }

    /// <summary>
    /// Runs until the stream of items ends, and until what was written will outlast a power failure. Exceptions of the stream itself and cancellation end it
    /// early.
    /// </summary>
    /// <param name="items">Consumed some way ahead of the work, which begins with the largest of what is known.</param>
    /// <param name="onResult">Called once for each item, one call at a time.</param>
    /// <param name="cancellationToken">Ends all transfers; each cleans up after itself.</param>
    public async Task RunAsync(
        IAsyncEnumerable<TransferItem> items, Func<TransferResult, ValueTask> onResult, CancellationToken cancellationToken)
    {
        using var deferred = new DeferredWrites();
        var transfer = new ObjectTransfer(_settings, _host, _progress, _largeOnes, deferred);
        using var resultGate = new SemaphoreSlim(1);
        var routed = _s5cmd?.RouteAsync(items, DeliverAsync, cancellationToken) ?? items.Select(static item => new RoutedItem(item, IsKnown: false));
        var lackOfRoom = new LackOfRoom();
        await _scheduler.RunAsync(routed.Select(Announced), static next => next.Item.Object.Size, static size => size > WholeTransfer.Small, MoveAsync, cancellationToken)
            .ConfigureAwait(false);
        await lackOfRoom.TryAgainAsync(item => transfer.RunAsync(item, cancellationToken), DeliverAsync).ConfigureAwait(false);
        await deferred.FlushAsync(cancellationToken).ConfigureAwait(false);

        RoutedItem Announced(RoutedItem next)
        {
            if (!next.IsKnown)
                _progress.Known(next.Item.Object.Size);
            return next;
        }

        async Task<long> MoveAsync(RoutedItem next, CancellationToken token)
        {
            Meet(next.Item.Source);
            Meet(next.Item.Destination);
            lackOfRoom.Begin();
            var result = await transfer.RunAsync(next.Item, token).ConfigureAwait(false);
            if (!lackOfRoom.Takes(result))
                await DeliverAsync(result).ConfigureAwait(false);
            return result.Failure is null ? next.Item.Object.Size : 0;
        }

        async ValueTask DeliverAsync(TransferResult result)
        {
            _progress.Finished(result.Item.Key);
            await resultGate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await onResult(result).ConfigureAwait(false);
            }
            finally
            {
                resultGate.Release();
            }
        }
    }

    /// <summary>Ends the operation: the last progress report is sent now, whatever number of streams was run.</summary>
    public void Dispose()
    {
        _progress.End();
        _largeOnes.Dispose();
        _s5cmd?.Dispose();
    }

    private void Meet(IObjectReader store)
    {
        if (store is INetworkStore network)
            _networks.TryAdd(network, true);
    }

    /// <summary>As many requests as every store takes at once by now.</summary>
    private int MostRequests()
    {
        var most = int.MaxValue;
        foreach (var (network, _) in _networks)
            most = Math.Min(most, network.MostRequests);
        return most;
    }

    private static void ThrowIfInvalid(TransferSettings settings)
    {
        if (settings.Concurrency is { } concurrency and < 1)
            throw Invalid(nameof(settings.Concurrency), concurrency, "at least 1");
        if (settings.PartConcurrency < 1)
            throw Invalid(nameof(settings.PartConcurrency), settings.PartConcurrency, "at least 1");
        if (settings.PartSizeBytes is { } size and (< 1024 * 1024 or > 1024 * 1024 * 1024))
            throw Invalid(nameof(settings.PartSizeBytes), size, "from 1 MiB to 1 GiB");
        Bandwidth.ThrowIfInvalid(settings);
    }

    private static TrainctlException Invalid(string setting, long value, string valid) =>
        new(TrainctlError.InvalidSetting, $"{setting} is {value}; it must be {valid}.", setting);
}
