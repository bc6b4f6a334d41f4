using Trainctl.Reporting;
using Trainctl.Transfer;

namespace Trainctl.Cli.Output;

/// <summary>Progress where nobody can draw over a line, as in the log of a build: one line every few seconds.</summary>
internal sealed class PlainProgress(CliHost host) : IProgress<TransferProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _writtenAt = host.Time.GetTimestamp();

    public void Report(TransferProgress value)
    {
        lock (_lock)
        {
            if (value.IsFinal || host.Time.GetElapsedTime(_writtenAt) < Pause)
                return;
            _writtenAt = host.Time.GetTimestamp();
            host.Error.WriteLine(ProgressText.Line(value, withKey: false));
        }
    }
}
