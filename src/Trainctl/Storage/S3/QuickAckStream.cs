using System.Net.Sockets;

namespace Trainctl.Storage.S3;

/// <summary>
/// A connection that acknowledges what arrives at once. Ceph's gateway sends head and body apart with Nagle's algorithm on, and waits for the
/// acknowledgement of the first, which Linux holds back for 40 ms. Linux forgets the option (tcp(7), TCP_QUICKACK), so each read sets it again.
/// </summary>
internal sealed class QuickAckStream(NetworkStream inner, Socket socket) : Stream
{
    private const int TcpLevel = 6;
    private const int QuickAckOption = 12;
    private static readonly byte[] On = [1, 0, 0, 0];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Arm();
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        Arm();
        return inner.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Arm()
    {
        try
        {
            socket.SetRawSocketOption(TcpLevel, QuickAckOption, On);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is only a hint; the read itself says what is wrong.
        }
    }
}
