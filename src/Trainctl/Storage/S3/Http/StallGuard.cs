using System.Globalization;

namespace Trainctl.Storage.S3.Http;

/// <summary>
/// Ends what waits on a connection that does not get on: so many bytes must pass in each window of waiting. Time in which nobody waits for the connection
/// does not count. A store that thinks after the last byte of a request has one window for it.
/// </summary>
internal sealed class StallGuard : IDisposable
{
    /// <summary>A thousand bytes a second over the window: far below any link that is worth waiting for.</summary>
    public const int FewestBytes = 60_000;

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _window;
    private readonly CancellationTokenRegistration _ofCaller;
    private long _waitingSince;
    private TimeSpan _waited;
    private long _passed;

    /// <param name="caller">Ends the waiting too.</param>
    /// <param name="window">Null: <see cref="Window"/>.</param>
    /// <param name="time">Measures; null for the system's clock.</param>
    public StallGuard(CancellationToken caller, TimeSpan? window = null, TimeProvider? time = null)
    {
        _window = window ?? Window;
        _time = time ?? TimeProvider.System;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        _ofCaller = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(60);

    /// <summary>For requests that are work for a store: a thousand deletions, a page of a listing behind many objects that are gone.</summary>
    public static TimeSpan WindowOfWork { get; } = TimeSpan.FromSeconds(90);

    public string Message => string.Create(CultureInfo.InvariantCulture, $"the connection brought less than {FewestBytes} bytes in {_window.TotalSeconds:0} seconds");

    public CancellationToken Token => _source.Token;

    /// <summary>Whether waiting was ended, by this or by the caller.</summary>
    public bool HasStruck => _source.IsCancellationRequested;

    /// <summary>Waiting begins.</summary>
    public void Begin()
    {
        _waitingSince = _time.GetTimestamp();
        _source.CancelAfter(_waited < _window ? _window - _waited : TimeSpan.Zero);
    }

    /// <summary>Waiting ends.</summary>
    public void End()
    {
        _waited += _time.GetElapsedTime(_waitingSince);
        if (!_source.IsCancellationRequested)
            _source.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes have passed; with enough of them a new window begins.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="isWaiting">Whether waiting goes on.</param>
    public void Passed(int bytes, bool isWaiting = false)
    {
        _passed += bytes;
        if (_passed < FewestBytes)
            return;
        _passed = 0;
        _waited = TimeSpan.Zero;
        if (isWaiting)
            Begin();
    }

    public void Cancel() => _source.Cancel();

    public void Dispose()
    {
        _ofCaller.Dispose();
        _source.Dispose();
    }
}
