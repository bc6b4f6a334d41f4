namespace Trainctl.Testing;

/// <summary>Content during whose reading something happens: after the first bytes of it are read.</summary>
public sealed class InterruptedStream(Stream inner, Action onFirstBytes) : Stream
{
    private Action? _next = onFirstBytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Told(inner.Read(Beginning(buffer)));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Told(await inner.ReadAsync(buffer[..Beginning(buffer.Span).Length], cancellationToken));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Few bytes at first, so that more are to come when it happens.</summary>
    private Span<byte> Beginning(Span<byte> buffer) => _next is null ? buffer : buffer[..Math.Min(buffer.Length, 1000)];

    private int Told(int read)
    {
        var next = _next;
        _next = null;
        next?.Invoke();
        return read;
    }
}
