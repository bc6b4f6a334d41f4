using System.Globalization;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3.Retrying;

/// <summary>
/// What all requests to one store share: how long it may answer nothing well before nothing is sent again. Until then a request that fails because the
/// store is away, and not for what it asks, goes on although it failed as often as <see cref="RetryPolicy"/> says; then all fail at once, and only
/// now and then one is sent to see whether the store is back.
/// </summary>
/// <param name="time">Measures how long it is away.</param>
/// <param name="log">Is told once that the store is away, and once that it is back.</param>
internal sealed class RetryBudget(TimeProvider time, ITrainctlLog log)
{
    /// <summary>As many failures come together when one connection breaks, or in a few seconds of one request.</summary>
    private const int FewestFailures = 8;

    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private volatile int _failures;
    private int _returns;
    private long _since;
    private long _lookedAt;
    private string _lastFailure = "";
    private bool _isTold;
    private volatile bool _hasAnswered;
    private volatile bool _isSpent;

    /// <summary>A restart of a server and a change to another one are over by then.</summary>
    public static TimeSpan LongestOutage { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether the store has answered nothing well for so long that nothing is sent again.</summary>
    public bool IsSpent => _isSpent;

    /// <summary>How often the store came back. While that stays as it is, every request has failed.</summary>
    public int Returns => Volatile.Read(ref _returns);

    /// <summary>What the store did last, as a sentence's end, once it is given up.</summary>
    public string Reason => string.Create(CultureInfo.InvariantCulture, $"the store has answered nothing well for {LongestOutage.TotalMinutes:0} minutes, the last time: {_lastFailure}");

    /// <summary>Whether a request may be sent: always, but for a store that was given up, which gets one in ten seconds.</summary>
    public bool MaySend()
    {
        if (!_isSpent)
            return true;
        lock (_gate)
        {
            if (_isSpent && time.GetElapsedTime(_lookedAt) < RetryPolicy.LongestDelay)
                return false;
            _lookedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The store answered, be it with a refusal: it is there.</summary>
    public void Answered()
    {
        if (_failures == 0 && _hasAnswered)
            return;
        lock (_gate)
        {
            if (_isTold)
                log.Warning(string.Create(CultureInfo.InvariantCulture, $"The store is back after {time.GetElapsedTime(_since).TotalSeconds:0} seconds."));
            (_failures, _isSpent, _isTold, _hasAnswered) = (0, false, false, true);
            Volatile.Write(ref _returns, _returns + 1);
        }
    }

    /// <summary>A request failed in a way that may pass.</summary>
    /// <param name="reason">What happened, for a message.</param>
    public void Failed(string reason)
    {
        lock (_gate)
        {
            if (_failures++ == 0)
                _since = time.GetTimestamp();
            _lastFailure = reason;
            var away = time.GetElapsedTime(_since);
            if (_failures < FewestFailures || _isSpent)
                return;
            if (away >= LongestOutage)
            {
                _isSpent = true;
                _lookedAt = time.GetTimestamp();
            }
            else if (away >= Noticeable && !_isTold && _hasAnswered)
            {
                _isTold = true;
                log.Warning(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The store has answered nothing well for {away.TotalSeconds:0} seconds ({reason}); it is asked for {LongestOutage.TotalMinutes:0} minutes before the rest is given up."));
            }
        }
    }

    /// <summary>Whether a failure counts against the store as a whole and not against its request: it was there before, and nothing has gone well since.</summary>
    /// <param name="returns"><see cref="Returns"/> at the request's failure before.</param>
    public bool IsOfStore(int returns) => _hasAnswered && returns == Returns;
}
