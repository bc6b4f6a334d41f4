using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Transfer;

namespace Trainctl.MSBuild;

/// <summary>Passes the engine's messages and progress to the build's log. Silent once the task has ended: the build takes nothing from it any more.</summary>
internal sealed class MSBuildTrainctlLog(TaskLoggingHelper log, TimeProvider time) : ITrainctlLog, IProgress<TransferProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long _drawnAt = time.GetTimestamp();
    private bool _ended;

    public void Debug(string message) => Write(() => log.LogMessage(MessageImportance.Low, MSBuildCodes.OneLine(message)));

    public void Info(string message) => Write(() => log.LogMessage(MessageImportance.Normal, MSBuildCodes.OneLine(message)));

    public void Warning(string message) => Write(() => log.LogWarning(
        null, MSBuildCodes.Warning, null, MSBuildCodes.HelpLink, null, 0, 0, 0, 0, MSBuildCodes.OneLine(message)));

    /// <summary>A line of what a training prints.</summary>
    public void ProgramOutput(string line) => Write(() => log.LogMessage(MessageImportance.High, line));

    public void Report(TransferProgress value)
    {
        if (value.IsFinal)
            return;
        Write(() =>
        {
            if (time.GetElapsedTime(_drawnAt) < Pause)
                return;
            _drawnAt = time.GetTimestamp();
            log.LogMessage(MessageImportance.High, ProgressText.Line(value, withKey: false));
        });
    }

    public void End()
    {
        lock (_gate)
            _ended = true;
    }

    private void Write(Action write)
    {
        lock (_gate)
        {
            if (!_ended)
                write();
        }
    }
}
