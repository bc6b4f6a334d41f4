using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder.Flushing;

/// <summary>Files that are flushed with all others of their store, and whose failures are told to the one who wrote them.</summary>
internal sealed class WritebackGroup(Writeback writeback) : IDisposable
{
    private TrainctlException? _failure;

    /// <summary>Remembers a file under its final name. Failures of those that are flushed on the way are told by <see cref="FlushAsync"/>.</summary>
    public ValueTask AddAsync(string path, CancellationToken cancellationToken) => writeback.AddAsync(path, this, cancellationToken);

    /// <summary>Waits until all of them are on the disk.</summary>
    /// <exception cref="TrainctlException">The first failure since the last call; all others were flushed nevertheless.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await writeback.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw failure;
    }

    public void Fail(TrainctlException failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    public void Dispose() => writeback.End(this);
}
