using System.Collections.Concurrent;

namespace Trainctl.Storage.S3.Retrying;

/// <summary>
/// How many requests a store gets at once. There is no limit until it asks for fewer (503 SlowDown, 429); then half of what was in flight, growing by one
/// for each full round that went well. A time that it names (<c>Retry-After</c>) is waited for.
/// </summary>
internal sealed class RequestPace(TimeProvider time)
{
    /// <summary>A limit that has grown so far is none.</summary>
    private const int Unlimited = 512;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>Answers to requests that were on their way together count as one.</summary>
    private static readonly TimeSpan OneBurst = TimeSpan.FromMilliseconds(200);

    private static readonly ConcurrentDictionary<string, RequestPace> Known = new(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _limit = Unlimited;
    private int _inFlight;
    private int _good;
    private long _askedAt;
    private TimeSpan _pause;
    private long? _lastCut;

    /// <summary>How many at once at the moment.</summary>
    public int Limit
    {
        get
        {
            lock (_gate)
                return _limit;
        }
    }

    /// <summary>The pace of a host, for the whole process.</summary>
    /// <param name="authority">Its name and port.</param>
    public static RequestPace Of(string authority) => Known.GetOrAdd(authority, static _ => new RequestPace(TimeProvider.System));

    /// <summary>Forgets what was learnt of a host, and measures pauses by another clock from now on: another server may have its port.</summary>
    public static void Begin(string authority, TimeProvider time) => Known[authority] = new RequestPace(time);

    /// <summary>Waits until a request may be sent. Each is followed by one <see cref="Leave"/>, unless it throws.</summary>
    public ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_inFlight < _limit && _waiting.Count == 0 && _pause == TimeSpan.Zero)
            {
                _inFlight++;
                return ValueTask.CompletedTask;
            }
        }

        return new ValueTask(WaitAsync(cancellationToken));
    }

    /// <summary>A request is done.</summary>
    /// <param name="isThrottled">Whether the store asked for fewer.</param>
    /// <param name="pause">How long it asked to be left alone.</param>
    public void Leave(bool isThrottled, TimeSpan? pause = null)
    {
        lock (_gate)
        {
            if (isThrottled)
                Slow(pause);
            else if (_limit < Unlimited && ++_good >= _limit)
                (_limit, _good) = (_limit + 1, 0);
            _inFlight--;
            WakeUp();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? turn = null;
        try
        {
            while (Look(out turn) is { } pause)
            {
                if (turn is null)
                    await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                else
                    await turn.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever was to be woken in this one's place must not be lost.
            lock (_gate)
            {
                turn?.TrySetCanceled(CancellationToken.None);
                WakeUp();
            }

            throw;
        }
    }

    /// <summary>Enters, where that may be.</summary>
    /// <param name="turn">Where it is not due to a pause, ends when it is worth another look.</param>
    /// <returns>How long to wait; null when it has entered.</returns>
    private TimeSpan? Look(out TaskCompletionSource? turn)
    {
        turn = null;
        lock (_gate)
        {
            var pause = RestOfPause;
            if (pause > TimeSpan.Zero)
                return pause;
            _pause = TimeSpan.Zero;
            if (_inFlight < _limit)
            {
                _inFlight++;
                return null;
            }

            _waiting.Enqueue(turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return TimeSpan.Zero;
        }
    }

    /// <summary>How long the store still wants to be left alone, by a clock that nobody sets.</summary>
    private TimeSpan RestOfPause
    {
        get
        {
            var rest = _pause - time.GetElapsedTime(_askedAt);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    private void Slow(TimeSpan? pause)
    {
        if (pause is { } asked && asked > RestOfPause)
            (_askedAt, _pause) = (time.GetTimestamp(), asked < LongestPause ? asked : LongestPause);
        if (_lastCut is { } last && time.GetElapsedTime(last) < OneBurst)
            return;
        _lastCut = time.GetTimestamp();
        _good = 0;
        _limit = Math.Max(1, Math.Min(_limit, _inFlight) / 2);
    }

    /// <summary>Wakes as many as may go; each looks again for itself.</summary>
    private void WakeUp()
    {
        for (var free = _limit - _inFlight; free > 0 && _waiting.TryDequeue(out var next);)
        {
            if (next.TrySetResult())
                free--;
        }
    }
}
