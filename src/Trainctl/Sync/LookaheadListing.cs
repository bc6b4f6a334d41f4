using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>
/// A listing that can be asked what it will come to. Whoever asks and whoever takes its objects must not do so at the same time, as the two sides of a merge never do.
/// </summary>
/// <param name="listing">In the order of keys.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class LookaheadListing(IAsyncEnumerable<StoredObject> listing, CancellationToken cancellationToken) : IKeysAhead, IAsyncDisposable
{
    /// <summary>Objects that are held at most: some 2 MB.</summary>
    public const int Most = 10_000;

    /// <summary>So many that were taken go at once.</summary>
    private const int Chunk = 1024;

    private readonly IAsyncEnumerator<StoredObject> _rest = listing.GetAsyncEnumerator(cancellationToken);
    private readonly List<StoredObject> _held = [];
    private int _taken;
    private bool _hasEnded;

    /// <summary>Each object in its turn. Once.</summary>
    public async IAsyncEnumerable<StoredObject> TakeAsync()
    {
        while (_taken < _held.Count || await HoldAsync().ConfigureAwait(false))
        {
            yield return _held[_taken++];
            if (_taken < Chunk && _taken < _held.Count)
                continue;
            _held.RemoveRange(0, _taken);
            _taken = 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> AfterAsync(string key, int places)
    {
        int first;
        while ((first = FirstBehind(key)) == _held.Count)
        {
            if (!await HoldAsync().ConfigureAwait(false))
                return null;
        }

        while (first + places > _held.Count)
        {
            if (!await HoldAsync().ConfigureAwait(false))
                return null;
        }

        return _held[first + places - 1].Key;
    }

    public ValueTask DisposeAsync() => _rest.DisposeAsync();

    /// <summary>Its place; the number of those that are held when there is none among them.</summary>
    private int FirstBehind(string key)
    {
        var (low, high) = (_taken, _held.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (KeyOrder.Compare(_held[middle].Key, key) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private async ValueTask<bool> HoldAsync()
    {
        if (_hasEnded || _held.Count - _taken >= Most)
            return false;
        if (await _rest.MoveNextAsync().ConfigureAwait(false))
        {
            _held.Add(_rest.Current);
            return true;
        }

        _hasEnded = true;
        return false;
    }
}
