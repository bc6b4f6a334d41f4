using Trainctl.Diagnostics;

namespace Trainctl.Transfer;

/// <summary>
/// Spreads bytes over time, in pieces, in the order in which they are asked for: a bucket of tokens. All that share it are no faster together than it says. After
/// a pause, what may go in a tenth of a second goes at once.
/// </summary>
internal sealed class Bandwidth
{
    /// <summary>With less, stores would end connections on which nothing seems to happen.</summary>
    public const long Least = 64 * 1024;

    private const int LargestPiece = 64 * 1024;

    /// <summary>Whoever moves bytes waits no longer than this for one piece, unless others wait too.</summary>
    private const int PiecesPerSecond = 16;

    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly double _ticksPerByte;
    private readonly long _start;

    /// <summary>When what was asked for until now has gone, in ticks since the start.</summary>
    private double _spentUntil;

    /// <param name="bytesPerSecond">At least <see cref="Least"/>.</param>
    /// <param name="time">Measures and waits.</param>
    public Bandwidth(long bytesPerSecond, TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _ticksPerByte = (double)TimeSpan.TicksPerSecond / bytesPerSecond;
        PieceBytes = (int)Math.Min(LargestPiece, bytesPerSecond / PiecesPerSecond);
    }

    /// <summary>How much is to be asked for at a time, at most.</summary>
    public int PieceBytes { get; }

    /// <summary>The limit that settings ask for; null when they ask for none.</summary>
    /// <exception cref="TrainctlException">They make no sense.</exception>
    public static Bandwidth? Of(TransferSettings settings, TimeProvider time)
    {
        ThrowIfInvalid(settings);
        return settings.BandwidthBytesPerSecond is { } limit ? new Bandwidth(limit, time) : null;
    }

    /// <exception cref="TrainctlException">The settings make no sense.</exception>
    public static void ThrowIfInvalid(TransferSettings settings)
    {
        const string name = nameof(settings.BandwidthBytesPerSecond);
        if (settings.BandwidthBytesPerSecond is not { } limit)
            return;
        if (limit < Least)
            throw new TrainctlException(TrainctlError.InvalidSetting, $"{name} is {limit}; it must be at least {Least} (64 KiB a second).", name);
        if (settings.Backend == TransferBackend.S5cmd)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"{name} is {limit}, and s5cmd was asked for, which cannot be limited. Leave one of them out.", name);
        }
    }

    /// <summary>Takes a part of it for so many bytes, and waits until it is their turn.</summary>
    public ValueTask TakeAsync(int bytes, CancellationToken cancellationToken) =>
        Take(bytes) is var wait && wait <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, _time, cancellationToken));

    /// <summary>Takes a part of it for so many bytes.</summary>
    /// <returns>How long to wait before they may go.</returns>
    private TimeSpan Take(int bytes)
    {
        lock (_gate)
        {
            var now = (double)_time.GetElapsedTime(_start).Ticks;
            var turn = Math.Max(_spentUntil, now);
            _spentUntil = turn + (bytes * _ticksPerByte);
            return TimeSpan.FromTicks((long)Math.Ceiling(turn - now)) - Burst;
        }
    }
}
