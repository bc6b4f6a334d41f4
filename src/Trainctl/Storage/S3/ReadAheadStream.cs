using System.Buffers;

namespace Trainctl.Storage.S3;

/// <summary>
/// A connection below TLS that takes several records with one call of the system while much arrives. TLS reads them one by one, 16 KiB, and waits for each with a
/// read of nothing, so that a large answer would cost two calls for each. A connection that brings little needs no buffer.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="isReady">What must be done before anything is read.</param>
internal sealed class ReadAheadStream(Stream inner, Task isReady) : ConnectionStream(inner)
{
    /// <summary>In bytes.</summary>
    public const int Ahead = 64 * 1024;

    /// <summary>In bytes: a read that brings so many, half a record, is followed by others.</summary>
    public const int Much = 8 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _isBusy;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start < _end)
            return new(Take(buffer.Span));
        if (!isReady.IsCompleted)
            return ReadWhenReadyAsync(buffer, cancellationToken);
        if (!_isBusy)
            return PassOn(Inner.ReadAsync(buffer, cancellationToken));
        _buffer ??= ArrayPool<byte>.Shared.Rent(Ahead);
        var filling = Inner.ReadAsync(_buffer.AsMemory(0, Ahead), cancellationToken);
        return filling.IsCompletedSuccessfully ? new(TakeFirst(filling.Result, buffer.Span)) : TakeLaterAsync(filling, buffer);
    }

    public override int Read(Span<byte> buffer) => _start < _end ? Take(buffer) : Inner.Read(buffer);

    private async ValueTask<int> ReadWhenReadyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await isReady.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Only what was there already tells that more comes than is asked for.</summary>
    private ValueTask<int> PassOn(ValueTask<int> reading)
    {
        if (!reading.IsCompletedSuccessfully)
            return reading;
        var read = reading.Result;
        _isBusy = read >= Much;
        return new(read);
    }

    private async ValueTask<int> TakeLaterAsync(ValueTask<int> filling, Memory<byte> buffer) => TakeFirst(await filling.ConfigureAwait(false), buffer.Span);

    private int TakeFirst(int filled, Span<byte> buffer)
    {
        (_start, _end) = (0, filled);
        _isBusy = filled >= Much;
        return Take(buffer);
    }

    /// <summary>A buffer that a read may still write into, as the connection ends, goes to nobody else: only here it is given back.</summary>
    private int Take(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, taken).CopyTo(buffer);
        _start += taken;
        if (_start == _end && !_isBusy)
        {
            ArrayPool<byte>.Shared.Return(_buffer!);
            _buffer = null;
        }

        return taken;
    }
}
