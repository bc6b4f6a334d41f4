namespace Trainctl.Training;

/// <summary>
/// By which a front end passes on that it was asked to stop. While training runs, each request is one signal for it. When training has ended and its last
/// checkpoints are published, <see cref="StopSignal.Interrupt"/> ends that too; <see cref="StopSignal.Terminate"/> does not, it has a limit of its own.
/// Safe to use from many threads; one for each run.
/// </summary>
public sealed class TrainingStop
{
    private readonly Lock _gate = new();
    private readonly List<StopSignal> _early = [];
    private Action<StopSignal>? _listener;

    /// <summary>Asks. May be called from a signal handler, also before training has begun and after it has ended.</summary>
    public void Request(StopSignal signal)
    {
        Action<StopSignal>? listener;
        lock (_gate)
        {
            listener = _listener;
            if (listener is null)
                _early.Add(signal);
        }

        listener?.Invoke(signal);
    }

    /// <summary>Hands all requests to one listener, those that came before it too.</summary>
    /// <returns>Ends it: what is asked for afterwards is for nobody. A request that is being handed over may still arrive.</returns>
    internal IDisposable Listen(Action<StopSignal> listener)
    {
        StopSignal[] early;
        lock (_gate)
        {
            _listener = listener;
            early = [.. _early];
            _early.Clear();
        }

        foreach (var signal in early)
            listener(signal);
        return new Listening(this);
    }

    private sealed class Listening(TrainingStop stop) : IDisposable
    {
        public void Dispose()
        {
            lock (stop._gate)
                stop._listener = static _ => { };
        }
    }
}
