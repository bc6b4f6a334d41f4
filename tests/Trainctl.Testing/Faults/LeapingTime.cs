namespace Trainctl.Testing.Faults;

/// <summary>A clock that stands still until somebody waits, and then is at the end of the waiting at once.</summary>
public sealed class LeapingTime : TimeProvider
{
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private long _ticks;

    /// <summary>How long was waited for in all; who waits at the same time waits together.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
            LeapTo(GetTimestamp() + dueTime.Ticks);
        return base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }

    private void LeapTo(long end)
    {
        for (var now = GetTimestamp(); now < end;)
        {
            var seen = Interlocked.CompareExchange(ref _ticks, end, now);
            if (seen == now)
                return;
            now = seen;
        }
    }
}
