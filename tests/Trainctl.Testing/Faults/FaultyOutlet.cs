namespace Trainctl.Testing.Faults;

/// <summary>Where the bytes of one message go, damaged where it is said. Positions count from the message's first byte.</summary>
internal sealed class FaultyOutlet(Stream to)
{
    private long _position;

    /// <summary>The first byte that does not arrive, nor any after it.</summary>
    public long? CutAt { get; init; }

    /// <summary>The byte of which one bit is flipped.</summary>
    public long? FlipAt { get; init; }

    public int FlippedBit { get; init; }

    /// <summary>The byte before which there is a pause.</summary>
    public long? PauseAt { get; init; }

    public TimeSpan Pause { get; init; }

    public Action? OnPause { get; init; }

    /// <summary>Whether the byte that something was to happen at came by.</summary>
    public bool IsStruck { get; private set; }

    /// <summary>Writes, and may change what it is given.</summary>
    /// <returns>False when the message was cut off.</returns>
    public async Task<bool> WriteAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        if (IndexOf(FlipAt, bytes) is { } flipped)
        {
            bytes.Span[flipped] ^= (byte)(1 << FlippedBit);
            IsStruck = true;
        }

        if (IndexOf(PauseAt, bytes) is { } pause)
        {
            await to.WriteAsync(bytes[..pause], cancellationToken);
            _position += pause;
            bytes = bytes[pause..];
            OnPause?.Invoke();
            IsStruck = true;
            await Task.Delay(Pause, cancellationToken);
        }

        var passed = CutAt is { } cut ? (int)Math.Clamp(cut - _position, 0, bytes.Length) : bytes.Length;
        await to.WriteAsync(bytes[..passed], cancellationToken);
        _position += passed;
        var isCut = _position >= CutAt;
        IsStruck |= isCut;
        return !isCut;
    }

    private int? IndexOf(long? position, Memory<byte> bytes) =>
        position is { } wanted && wanted >= _position && wanted < _position + bytes.Length ? (int)(wanted - _position) : null;
}
