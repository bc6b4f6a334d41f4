using Trainctl.Transfer;

namespace Trainctl.Storage.S3.Http;

/// <summary>Writes to a connection no faster than a bandwidth allows. Leaves the connection open.</summary>
internal sealed class PacedStream(Stream inner, Bandwidth bandwidth, StallGuard stall) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, bandwidth.PieceBytes)];
            await WaitAsync(piece.Length, cancellationToken).ConfigureAwait(false);
            await inner.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            buffer = buffer[piece.Length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The guard is told before the turn is asked for: what passes between the two is our own waiting too.</summary>
    private async ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        stall.End();
        await bandwidth.TakeAsync(bytes, cancellationToken).ConfigureAwait(false);
        stall.Begin();
    }
}
