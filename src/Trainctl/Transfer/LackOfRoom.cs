using System.Collections.Concurrent;
using Trainctl.Storage.Folder;

namespace Trainctl.Transfer;

/// <summary>
/// What found a disk full while others were writing to it. One of those may have given its room back since, by failing too, so it is tried again when they are
/// done: the smallest first, one after the other, until there is no room for one of them.
/// </summary>
internal sealed class LackOfRoom
{
    private readonly ConcurrentBag<TransferResult> _failed = [];
    private int _begun;

    /// <summary>One more writes.</summary>
    public void Begin() => Interlocked.Increment(ref _begun);

    /// <summary>Keeps a result for later when it is such a failure.</summary>
    public bool Takes(TransferResult result)
    {
        if (!IsIt(result))
            return false;
        _failed.Add(result);
        return true;
    }

    /// <param name="move">Tries one again.</param>
    /// <param name="deliver">Called once for each that was taken.</param>
    public async Task TryAgainAsync(Func<TransferItem, Task<TransferResult>> move, Func<TransferResult, ValueTask> deliver)
    {
        // The only one had the disk to itself.
        var isFull = _begun < 2;
        foreach (var failed in _failed.OrderBy(static r => r.Item.Object.Size).ThenBy(static r => r.Item.Key, StringComparer.Ordinal))
        {
            var result = isFull ? failed : await move(failed.Item).ConfigureAwait(false);
            isFull |= IsIt(result);
            await deliver(result).ConfigureAwait(false);
        }
    }

    private static bool IsIt(TransferResult result) => result.Failure is { } failure && FolderErrors.IsDiskFull(failure);
}
