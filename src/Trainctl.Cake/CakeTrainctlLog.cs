using Cake.Core.Diagnostics;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Cake;

/// <summary>Passes the engine's messages to Cake's log. Texts are never taken for format strings.</summary>
internal sealed class CakeTrainctlLog(ICakeLog log, LiveLine? liveLine) : ITrainctlLog
{
    public void Debug(string message) => Write(Verbosity.Diagnostic, LogLevel.Debug, message);

    public void Info(string message) => Write(Verbosity.Normal, LogLevel.Information, message);

    public void Warning(string message) => Write(Verbosity.Minimal, LogLevel.Warning, message);

    private void Write(Verbosity verbosity, LogLevel level, string message)
    {
        if (liveLine is null)
            log.Write(verbosity, level, "{0}", VisibleText.Of(message));
        else
            liveLine.Interrupt(() => log.Write(verbosity, level, "{0}", VisibleText.Of(message)));
    }
}
