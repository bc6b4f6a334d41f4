using Cake.Core.Diagnostics;

namespace Trainctl.Cake;

/// <summary>The first Ctrl-C cancels; the second one ends the process at once. Cake has nothing of the kind.</summary>
internal sealed class CtrlC : IDisposable
{
    private readonly ICakeLog _log;
    private readonly CancellationTokenSource _cancellation = new();

    public CtrlC(ICakeLog log)
    {
        _log = log;
        Console.CancelKeyPress += CancelOnce;
    }

    public CancellationToken Cancellation => _cancellation.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= CancelOnce;
        _cancellation.Dispose();
    }

    private void CancelOnce(object? sender, ConsoleCancelEventArgs e)
    {
        if (_cancellation.IsCancellationRequested)
            return;
        e.Cancel = true;
        _log.Write(Verbosity.Minimal, LogLevel.Warning, "{0}", "");
        _log.Write(Verbosity.Minimal, LogLevel.Warning, "{0}", "Cancelling. Press Ctrl-C again to stop at once.");
        _cancellation.Cancel();
    }
}
