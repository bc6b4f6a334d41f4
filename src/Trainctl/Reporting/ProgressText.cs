using System.Globalization;
using Trainctl.Transfer;

namespace Trainctl.Reporting;

/// <summary>Progress as one line of text.</summary>
public static class ProgressText
{
    /// <summary>Objects, bytes, rate and the time that is left.</summary>
    /// <param name="progress">What the engine told.</param>
    /// <param name="withKey">Whether to name the object that moved last; what a terminal might obey in it is replaced.</param>
    public static string Line(TransferProgress progress, bool withKey)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var seconds = progress.Elapsed.TotalSeconds;
        var rate = seconds > 0 ? progress.BytesDone / seconds : 0;
        var left = progress.BytesKnown - progress.BytesDone;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Operation}: {progress.ObjectsDone:#,0} of {HumanText.Count(progress.ObjectsKnown, "object")}, "
            + $"{HumanText.Size(progress.BytesDone)} of {HumanText.Size(progress.BytesKnown)}, {HumanText.Size((long)rate)}/s");
        if (rate > 0 && left > 0)
            line += $", {HumanText.Duration(TimeSpan.FromSeconds(Math.Min(left / rate, TimeSpan.FromDays(99).TotalSeconds)))} left";
        return withKey && progress.CurrentKey is { } key ? $"{line}  {Printable(key)}" : line;
    }

    private static string Printable(string key) => string.Concat(key.Select(static c => char.IsControl(c) ? '?' : c));
}
