namespace Trainctl.Training;

/// <summary>
/// The signals of a build while it trains. The first Ctrl-C asks training to stop, as SIGTERM and a terminal that goes away do; what it saves then is published.
/// The second Ctrl-C cancels, which kills training; the third one does what it would without us. A build that was asked to stop is not to go on afterwards.
/// </summary>
internal sealed class TrainingSignals : IDisposable
{
    private static int listeners;

    private readonly Lock _gate = new();
    private readonly Action<string> _say;
    private readonly CancellationTokenSource _cancellation;
    private readonly StopSignals _signals;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _interrupts;
    private bool _isDisposed;

    /// <param name="say">Told what a signal has led to.</param>
    /// <param name="cancellationToken">Kills training too.</param>
    public TrainingSignals(Action<string> say, CancellationToken cancellationToken)
    {
        _say = say;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Interlocked.Increment(ref listeners);
        _signals = new StopSignals(Hear);
        AppDomain.CurrentDomain.ProcessExit += AwaitEnd;
    }

    /// <summary>A training that was asked to stop is over.</summary>
    public static event Action? Stopped;

    /// <summary>Whether signals are for a training now, and not for the whole build.</summary>
    public static bool AreForTraining => Volatile.Read(ref listeners) > 0;

    public TrainingStop Stop { get; } = new();

    public CancellationToken Cancellation => _cancellation.Token;

    public bool HasAsked { get; private set; }

    /// <summary>Asks as the first Ctrl-C does, for a build that is told of Ctrl-C otherwise too: only once.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            if (HasAsked)
                return;
            HasAsked = true;
        }

        Stop.Request(StopSignal.Interrupt);
    }

    public void Dispose()
    {
        _signals.Dispose();
        lock (_gate)
            _isDisposed = true;
        AppDomain.CurrentDomain.ProcessExit -= AwaitEnd;
        _over.TrySetResult();
        _cancellation.Dispose();
        Interlocked.Decrement(ref listeners);
        if (HasAsked)
            Stopped?.Invoke();
    }

    /// <summary>Others may end the process at the same signal: the .NET command line does at SIGTERM.</summary>
    private void AwaitEnd(object? sender, EventArgs e)
    {
        if (HasAsked)
            _over.Task.Wait();
    }

    private bool Hear(StopSignal signal)
    {
        lock (_gate)
        {
            if (_isDisposed)
                return false;
            if (signal == StopSignal.Terminate)
            {
                _say("Training is asked to stop, and the build ends then.");
                HasAsked = true;
            }
            else if (++_interrupts == 2)
            {
                _say("Training is killed.");
                HasAsked = true;
                _cancellation.Cancel();
                return true;
            }
            else if (_interrupts > 2)
            {
                return false;
            }
            else
            {
                _say("Training is asked to stop, and the build ends then. Press Ctrl-C again to kill training.");
            }
        }

        if (signal == StopSignal.Terminate)
            Stop.Request(signal);
        else
            Interrupt();
        return true;
    }
}
