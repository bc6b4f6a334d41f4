using System.Globalization;
using Cake.Core.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Transfer;

namespace Trainctl.Cake;

/// <summary>Draws progress: a live line on a terminal, elsewhere a plain line every few seconds.</summary>
internal sealed class CakeProgress(ICakeLog log, LiveLine? liveLine, TimeProvider time) : IProgress<TransferProgress>
{
    private static readonly TimeSpan LivePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _drawnAt = time.GetTimestamp();

    public void Report(TransferProgress value)
    {
        if (value.IsFinal || log.Verbosity < Verbosity.Normal)
            return;
        lock (_lock)
        {
            if (time.GetElapsedTime(_drawnAt) < (liveLine is null ? PlainPause : LivePause))
                return;
            _drawnAt = time.GetTimestamp();
            if (liveLine is null)
                log.Write(Verbosity.Normal, LogLevel.Information, "{0}", Line(value, withKey: false));
            else
                liveLine.Draw(Line(value, withKey: true));
        }
    }

    internal static string Line(TransferProgress progress, bool withKey)
    {
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
