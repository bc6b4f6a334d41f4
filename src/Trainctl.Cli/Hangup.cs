using System.Runtime.InteropServices;

namespace Trainctl.Cli;

/// <summary>
/// SIGHUP, by which a terminal says that it goes away, as a request to end in order: the parser's library knows only SIGINT and SIGTERM. Where it is ignored when the
/// process starts, as under nohup, it stays so.
/// </summary>
internal sealed class Hangup : IDisposable
{
    /// <summary>What a shell tells of a program that the signal has ended: 128 and its number.</summary>
    private const int ExitCode = 129;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration _registration;
    private readonly Timer _patience = new(static _ => Environment.Exit(ExitCode));
    private bool _isDisposed;

    /// <param name="cleanUpTime">How long work may go on after the signal.</param>
    public Hangup(TimeSpan cleanUpTime) => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            context.Cancel = true;
            _patience.Change(cleanUpTime, Timeout.InfiniteTimeSpan);
            _ = _cancellation.CancelAsync();
        }
    });

    /// <summary>Cancelled by the signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    public void Dispose()
    {
        _registration.Dispose();
        lock (_gate)
            _isDisposed = true;
        _patience.Dispose();
        _cancellation.Dispose();
    }
}
