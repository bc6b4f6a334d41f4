using Trainctl.Diagnostics;

namespace Trainctl.Transfer;

/// <summary>Moves a stream of objects, a bounded number at a time. A failed object does not stop the others.</summary>
internal sealed class TransferRunner : IDisposable
{
    private readonly TransferSettings _settings;
    private readonly ProgressMeter _progress;
    private readonly SemaphoreSlim _largeBuffers;

    public TransferRunner(TransferSettings settings, EngineHost host, string operation)
    {
        ThrowIfInvalid(settings);
        _settings = settings;
        _progress = new ProgressMeter(host, operation);
        _largeBuffers = new SemaphoreSlim(settings.PartConcurrency);
    }

    /// <summary>Runs until the stream of items ends. Exceptions of the stream itself and cancellation end it early.</summary>
    /// <param name="items">Consumed as capacity allows.</param>
    /// <param name="onResult">Called once for each item, one call at a time.</param>
    /// <param name="cancellationToken">Ends all transfers; each cleans up after itself.</param>
    public async Task RunAsync(
        IAsyncEnumerable<TransferItem> items, Func<TransferResult, ValueTask> onResult, CancellationToken cancellationToken)
    {
        var transfer = new ObjectTransfer(_settings, _progress, _largeBuffers);
        using var resultGate = new SemaphoreSlim(1);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _settings.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(items, parallel, async (item, token) =>
        {
            _progress.Known(item.Object.Size);
            var result = await transfer.RunAsync(item, token).ConfigureAwait(false);
            _progress.Finished(item.Key);
            await resultGate.WaitAsync(token).ConfigureAwait(false);
            try
            {
                await onResult(result).ConfigureAwait(false);
            }
            finally
            {
                resultGate.Release();
            }
        }).ConfigureAwait(false);
    }

    /// <summary>Ends the operation: the last progress report is sent now, whatever number of streams was run.</summary>
    public void Dispose()
    {
        _progress.End();
        _largeBuffers.Dispose();
    }

    private static void ThrowIfInvalid(TransferSettings settings)
    {
        if (settings.Concurrency < 1)
            throw Invalid(nameof(settings.Concurrency), settings.Concurrency, "at least 1");
        if (settings.PartConcurrency < 1)
            throw Invalid(nameof(settings.PartConcurrency), settings.PartConcurrency, "at least 1");
        if (settings.PartSizeBytes is < 1024 * 1024 or > 1024 * 1024 * 1024)
            throw Invalid(nameof(settings.PartSizeBytes), settings.PartSizeBytes, "from 1 MiB to 1 GiB");
    }

    private static TrainctlException Invalid(string setting, long value, string valid) =>
        new(TrainctlError.InvalidSetting, $"{setting} is {value}; it must be {valid}.", setting);
}
