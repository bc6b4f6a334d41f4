namespace Trainctl.Transfer.Scheduling;

/// <summary>
/// A semaphore whose number can be changed, and of which several can be taken together: a place for each object, or for each of its bytes. With a smaller number, those
/// who are in stay until they leave. Whoever wants more than there are gets in alone.
/// </summary>
internal class Places(long count)
{
    private readonly Lock _gate = new();
    private readonly Queue<Turn> _waiting = new();
    private long _count = count;
    private long _taken;

    /// <summary>How many there are.</summary>
    public long Count
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
    public Task EnterAsync(CancellationToken cancellationToken) => EnterAsync(1, cancellationToken);

    /// <summary>Waits for several places. Each such call is followed by one <see cref="Release"/>, unless it throws.</summary>
    public Task EnterAsync(long wanted, CancellationToken cancellationToken)
    {
        Turn turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && IsRoomFor(wanted))
            {
                _taken += wanted;
                return Task.CompletedTask;
            }

            _waiting.Enqueue(turn = new Turn(wanted));
        }

        return WaitAsync(turn, cancellationToken);
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="bytes">How much was moved.</param>
    /// <param name="taken">How long it took.</param>
    public virtual void Leave(long bytes, TimeSpan taken) => Release(1);

    /// <summary>Gives several places back.</summary>
    public void Release(long places)
    {
        lock (_gate)
        {
            _taken -= places;
            Admit();
        }
    }

    /// <summary>There was nothing to take a place for.</summary>
    public virtual void Idled()
    {
    }

    private async Task WaitAsync(Turn turn, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (turn, token) => ((Turn)turn!).TrySetCanceled(token), turn))
        {
            try
            {
                await turn.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // There may be room for those who waited behind it.
                Release(0);
                throw;
            }
        }
    }

    private bool IsRoomFor(long wanted) => _taken == 0 || _taken + wanted <= _count;

    private void Admit()
    {
        while (_waiting.TryPeek(out var next) && (next.Task.IsCompleted || IsRoomFor(next.Wanted)))
        {
            _waiting.Dequeue();
            if (next.TrySetResult())
                _taken += next.Wanted;
        }
    }

    private sealed class Turn(long wanted) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Wanted => wanted;
    }
}
