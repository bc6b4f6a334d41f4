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
                log.Write(Verbosity.Normal, LogLevel.Information, "{0}", ProgressText.Line(value, withKey: false));
            else
                liveLine.Draw(ProgressText.Line(value, withKey: true));
        }
    }
}
