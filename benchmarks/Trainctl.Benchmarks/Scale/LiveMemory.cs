namespace Trainctl.Benchmarks.Scale;

/// <summary>Watches memory while an operation runs: told of each step, it looks at every so many of them.</summary>
internal sealed class LiveMemory
{
    private readonly Lock _gate = new();
    private Func<long> _measure = static () => 0;
    private int _every;
    private int _steps;
    private long _start;

    /// <summary>The most bytes that were in use above those at the start.</summary>
    public long Growth { get; private set; }

    /// <summary>The same at the last look.</summary>
    public long Last { get; private set; }

    /// <summary>Bytes of objects that something still refers to: collects all garbage first.</summary>
    public static long Managed() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>Physical memory of the process, garbage included.</summary>
    public static long WorkingSet() => Environment.WorkingSet;

    public void Watch(Func<long> measure, long start, int every)
    {
        _measure = measure;
        _start = start;
        _every = every;
        _steps = 0;
        Growth = 0;
    }

    public void Rest() => _every = 0;

    /// <summary>Something was listed or read.</summary>
    public void Step()
    {
        if (_every > 0 && Interlocked.Increment(ref _steps) % _every == 0)
            Look();
    }

    public void Look()
    {
        lock (_gate)
        {
            Last = _measure() - _start;
            Growth = Math.Max(Growth, Last);
        }
    }
}
