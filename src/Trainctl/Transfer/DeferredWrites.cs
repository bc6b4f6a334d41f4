using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>What a run writes to disks, to be made lasting in its end.</summary>
internal sealed class DeferredWrites : IDisposable
{
    private readonly ConcurrentDictionary<IDeferredFlush, Lazy<IDeferredWrites>> _begun = new();

    /// <summary>The writes to a store; null when it makes each one last by itself.</summary>
    public IDeferredWrites? To(IObjectStore store) => store is IDeferredFlush disk
        ? _begun.GetOrAdd(disk, static d => new Lazy<IDeferredWrites>(d.BeginWrites)).Value
        : null;

    /// <summary>Waits until all of them last.</summary>
    /// <exception cref="TrainctlException">The first failure; the other disks were flushed nevertheless.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var writes in _begun.Values)
        {
            try
            {
                await writes.Value.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (TrainctlException exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        failure?.Throw();
    }

    public void Dispose()
    {
        foreach (var writes in _begun.Values)
            writes.Value.Dispose();
    }
}
