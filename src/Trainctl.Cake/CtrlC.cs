using Cake.Core.Diagnostics;
using Trainctl.Training;

namespace Trainctl.Cake;

/// <summary>The first Ctrl-C cancels; the second one ends the process at once. Cake has nothing of the kind. While a training runs, Ctrl-C is for <see cref="TrainingSignals"/>.</summary>
internal sealed class CtrlC : IDisposable
{
    private readonly ICakeLog _log;
    private readonly CancellationTokenSource _cancellation = new();

    public CtrlC(ICakeLog log)
    {
        _log = log;
        Console.CancelKeyPress += CancelOnce;
        TrainingSignals.Stopped += _cancellation.Cancel;
    }

    public CancellationToken Cancellation => _cancellation.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= CancelOnce;
        TrainingSignals.Stopped -= _cancellation.Cancel;
        _cancellation.Dispose();
    }

    private void CancelOnce(object? sender, ConsoleCancelEventArgs e)
    {
        if (_cancellation.IsCancellationRequested || TrainingSignals.AreForTraining)
            return;
        e.Cancel = true;
        _log.Write(Verbosity.Minimal, LogLevel.Warning, "{0}", "");
        _log.Write(Verbosity.Minimal, LogLevel.Warning, "{0}", "Cancelling. Press Ctrl-C again to stop at once.");
        _cancellation.Cancel();
    }
}
