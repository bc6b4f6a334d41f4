namespace Trainctl.Transfer.Scheduling;

/// <summary>A semaphore whose number can be changed. With a smaller number, those who are in stay until they leave.</summary>
internal class Places(int count)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _count = count;
    private int _taken;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }

        protected set
        {
            lock (_gate)
            {
                _count = value;
                Admit();
            }
        }
    }

    /// <summary>Waits for a place. Each is followed by one <see cref="Leave"/>, unless it throws.</summary>
    public Task EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_taken < _count && _waiting.Count == 0)
            {
                _taken++;
                return Task.CompletedTask;
            }

            _waiting.Enqueue(turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return WaitAsync(turn, cancellationToken);
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="bytes">How much was moved.</param>
    /// <param name="taken">How long it took.</param>
    public virtual void Leave(long bytes, TimeSpan taken)
    {
        lock (_gate)
        {
            _taken--;
            Admit();
        }
    }

    /// <summary>There was nothing to take a place for.</summary>
    public virtual void Idled()
    {
    }

    private static async Task WaitAsync(TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (turn, token) => ((TaskCompletionSource)turn!).TrySetCanceled(token), turn))
            await turn.Task.ConfigureAwait(false);
    }

    private void Admit()
    {
        while (_taken < _count && _waiting.TryDequeue(out var next))
        {
            if (next.TrySetResult())
                _taken++;
        }
    }
}
