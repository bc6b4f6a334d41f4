namespace Trainctl.Transfer;

/// <summary>Counts what moves and reports it, at most five times a second and once at the end.</summary>
internal sealed class ProgressMeter(EngineHost host, string operation)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = host.Time.GetTimestamp();
    private long _objectsDone;
    private long _objectsKnown;
    private long _bytesDone;
    private long _bytesKnown;
    private long _lastReport;

    public void Known(long bytes)
    {
        Interlocked.Increment(ref _objectsKnown);
        Interlocked.Add(ref _bytesKnown, bytes);
    }

    public void Moved(long bytes, string key)
    {
        Interlocked.Add(ref _bytesDone, bytes);
        ReportIfDue(key);
    }

    public void Finished(string key)
    {
        Interlocked.Increment(ref _objectsDone);
        ReportIfDue(key);
    }

    /// <summary>The last report. None when nothing was ever to be moved: there was no progress to watch.</summary>
    public void End()
    {
        if (Interlocked.Read(ref _objectsKnown) > 0)
            host.Progress?.Report(Snapshot(null, isFinal: true));
    }

    private void ReportIfDue(string key)
    {
        if (host.Progress is null)
            return;
        var now = host.Time.GetElapsedTime(_start).Ticks;
        var last = Interlocked.Read(ref _lastReport);
        if (now - last >= Interval.Ticks && Interlocked.CompareExchange(ref _lastReport, now, last) == last)
            host.Progress.Report(Snapshot(key, isFinal: false));
    }

    private TransferProgress Snapshot(string? key, bool isFinal) => new()
    {
        Operation = operation,
        ObjectsDone = Interlocked.Read(ref _objectsDone),
        ObjectsKnown = Interlocked.Read(ref _objectsKnown),
        BytesDone = Interlocked.Read(ref _bytesDone),
        BytesKnown = Interlocked.Read(ref _bytesKnown),
        Elapsed = host.Time.GetElapsedTime(_start),
        CurrentKey = key,
        IsFinal = isFinal,
    };
}
