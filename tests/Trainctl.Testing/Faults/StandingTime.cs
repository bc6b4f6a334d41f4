namespace Trainctl.Testing.Faults;

/// <summary>A clock that stands still until it is told that whatever waits with a limit has waited too long.</summary>
public sealed class StandingTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<Limit> _running = [];
    private TaskCompletionSource _isRunning = New();
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var limit = new Limit(this, () => callback(state));
        limit.Change(dueTime, period);
        return limit;
    }

    /// <summary>Waits until somebody waits with a limit, and lets the limits of all who do pass.</summary>
    public async Task StrikeAsync()
    {
        Limit[] over = [];
        while (over.Length == 0)
        {
            Task isRunning;
            lock (_gate)
                isRunning = _isRunning.Task;
            await isRunning;
            lock (_gate)
            {
                over = [.. _running];
                _running.Clear();
                _isRunning = New();
                _now += over.Select(static l => l.Ticks).DefaultIfEmpty().Max();
            }
        }

        foreach (var limit in over)
            limit.End();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Limit(StandingTime time, Action end) : ITimer
    {
        public long Ticks { get; private set; }

        public Action End => end;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._running.Remove(this);
                if (dueTime > TimeSpan.Zero)
                {
                    Ticks = dueTime.Ticks;
                    time._running.Add(this);
                    time._isRunning.TrySetResult();
                }
                else if (time._running.Count == 0 && time._isRunning.Task.IsCompleted)
                {
                    time._isRunning = New();
                }
            }

            if (dueTime == TimeSpan.Zero)
                ThreadPool.QueueUserWorkItem(_ => end());
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
