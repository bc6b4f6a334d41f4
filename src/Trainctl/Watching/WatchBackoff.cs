namespace Trainctl.Watching;

/// <summary>How long to wait for the next look. Pure.</summary>
internal static class WatchBackoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="interval">Between looks that succeed.</param>
    /// <param name="failures">How many looks have failed since one succeeded.</param>
    public static TimeSpan DelayAfter(TimeSpan interval, int failures)
    {
        var delay = interval;
        for (var i = 0; i < failures && delay < Longest; i++)
            delay *= 2;
        return delay <= Longest ? delay : interval > Longest ? interval : Longest;
    }
}
