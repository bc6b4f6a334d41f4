namespace Trainctl.Training.Publishing;

/// <summary>How long to wait before something that failed is tried again. Pure.</summary>
internal static class RetryDelay
{
    /// <summary>A store that is away for hours is asked so often, and no more.</summary>
    public static readonly TimeSpan WhileTraining = TimeSpan.FromMinutes(5);

    /// <summary>Somebody waits for the end.</summary>
    public static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(10);

    /// <summary>The interval, doubled with each failure after the first; none after no failure.</summary>
    public static TimeSpan After(int failures, TimeSpan interval, TimeSpan limit)
    {
        if (failures <= 0)
            return TimeSpan.Zero;
        var ticks = interval.Ticks * Math.Pow(2, Math.Min(failures - 1, 30));
        return ticks < limit.Ticks ? TimeSpan.FromTicks((long)ticks) : limit;
    }
}
