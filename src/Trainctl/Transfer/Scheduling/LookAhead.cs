namespace Trainctl.Transfer.Scheduling;

/// <summary>What is known of the work ahead, up to a number of objects, in lanes. The largest of a lane comes first, and of equal ones the first.</summary>
/// <param name="capacity">Objects in all lanes together.</param>
/// <param name="lanes">How many lanes; each has one consumer.</param>
internal sealed class LookAhead<T>(int capacity, int lanes) : IDisposable
{
    private readonly SemaphoreSlim _room = new(capacity);
    private readonly Lane[] _lanes = [.. Enumerable.Range(0, lanes).Select(static _ => new Lane())];
    private long _added;

    /// <summary>Waits until there is room, and adds. From one producer.</summary>
    public async ValueTask AddAsync(T item, long size, int lane, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        _lanes[lane].Add(item, (-size, _added++));
    }

    /// <summary>Nothing is added any more.</summary>
    public void End()
    {
        foreach (var lane in _lanes)
            lane.Ready.Release();
    }

    /// <summary>Whether <see cref="WaitAsync"/> would wait.</summary>
    public bool IsEmpty(int lane) => _lanes[lane].Ready.CurrentCount == 0;

    /// <summary>Waits for the next item of a lane, which is then there to be taken.</summary>
    /// <returns>False when there is none, and will be none.</returns>
    public async ValueTask<bool> WaitAsync(int lane, CancellationToken cancellationToken)
    {
        await _lanes[lane].Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _lanes[lane].HasAny;
    }

    /// <summary>Takes the largest item that is there by now.</summary>
    public T Take(int lane)
    {
        var item = _lanes[lane].Take();
        _room.Release();
        return item;
    }

    public void Dispose()
    {
        _room.Dispose();
        foreach (var lane in _lanes)
            lane.Ready.Dispose();
    }

    private sealed class Lane
    {
        private readonly PriorityQueue<T, (long, long)> _items = new();

        public SemaphoreSlim Ready { get; } = new(0);

        public bool HasAny
        {
            get
            {
                lock (_items)
                    return _items.Count > 0;
            }
        }

        public void Add(T item, (long, long) priority)
        {
            lock (_items)
                _items.Enqueue(item, priority);
            Ready.Release();
        }

        public T Take()
        {
            lock (_items)
                return _items.Dequeue();
        }
    }
}
