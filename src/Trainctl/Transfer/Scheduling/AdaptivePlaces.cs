namespace Trainctl.Transfer.Scheduling;

/// <summary>As many places as pay, found by measuring while they are used.</summary>
/// <param name="most">Never more than this.</param>
/// <param name="time">Measures.</param>
/// <param name="ceiling">How many requests the store takes at once by now.</param>
/// <param name="first">With how many it begins.</param>
internal sealed class AdaptivePlaces(int most, TimeProvider time, Func<int> ceiling, int first = ConcurrencyController.First) : Places(Math.Min(first, most))
{
    /// <summary>A sample is at least so many objects for each place.</summary>
    private const int Rounds = 2;

    /// <summary>Objects that take so many times as long as the quickest one wait for each other for most of it.</summary>
    private const double MostQueueing = 2;

    /// <summary>And takes at least so long.</summary>
    public static TimeSpan ShortestSample { get; } = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly ConcurrencyController _controller = new(most, first);
    private long _since = time.GetTimestamp();
    private int _objects;
    private long _bytes;
    private int _settling;
    private TimeSpan _taken;
    private TimeSpan _shortest = TimeSpan.MaxValue;

    public override void Leave(long bytes, TimeSpan taken)
    {
        lock (_gate)
        {
            // What has no content needs no way to anywhere.
            if (bytes > 0 && taken < _shortest)
                _shortest = taken;
            if (_settling == 0)
                Measure(bytes, taken);
            else if (--_settling == 0)
                Restart();
        }

        base.Leave(bytes, taken);
    }

    /// <summary>Places that nobody wants tell nothing about their number.</summary>
    public override void Idled()
    {
        lock (_gate)
            Restart();
    }

    private void Measure(long bytes, TimeSpan taken)
    {
        _bytes += bytes;
        _taken += taken;
        if (++_objects < _controller.Workers * Rounds || time.GetElapsedTime(_since) is var elapsed && elapsed < ShortestSample)
            return;
        var before = _controller.Workers;
        _controller.Observe(new WorkSample(_objects, _bytes, elapsed, ceiling()) { IsQueueing = _shortest < TimeSpan.MaxValue && _taken / _objects > MostQueueing * _shortest });
        Restart();
        if (_controller.Workers == before)
            return;
        // What ends first was begun while there were as many as before.
        _settling = _controller.Workers;
        Count = _controller.Workers;
    }

    private void Restart()
    {
        _since = time.GetTimestamp();
        _objects = 0;
        _bytes = 0;
        _taken = TimeSpan.Zero;
    }
}
