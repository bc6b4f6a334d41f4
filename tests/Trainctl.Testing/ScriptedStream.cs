using System.Threading.Channels;

namespace Trainctl.Testing;

/// <summary>
/// A stream that brings its content in pieces of given sizes, each at once or only when a test says so. It never gives more than was asked for; the rest of a piece is the
/// next piece. Keeps what is written to it.
/// </summary>
/// <param name="content">All that it brings.</param>
/// <param name="pieces">Their sizes, and whether each is waited for; after the last one comes the rest at once.</param>
public sealed class ScriptedStream(byte[] content, IEnumerable<(int Size, bool IsLate)> pieces) : Stream
{
    private readonly Queue<(int Size, bool IsLate)> _pieces = new(pieces);
    private readonly Channel<TaskCompletionSource> _waits = Channel.CreateUnbounded<TaskCompletionSource>();
    private int _position;
    private int _left;
    private bool _isLate;

    /// <summary>How often it was read, reads of nothing too.</summary>
    public int Reads { get; private set; }

    /// <summary>What was written.</summary>
    public MemoryStream Written { get; } = new();

    /// <summary>Thrown in place of the piece that is waited for.</summary>
    public Exception? Failure { get; set; }

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => content.Length;

    /// <inheritdoc />
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Returns when a read waits, or with false when the work that reads is done.</summary>
    public async Task<bool> WaitsAsync(Task work)
    {
        await Task.WhenAny(work, _waits.Reader.WaitToReadAsync().AsTask());
        return _waits.Reader.TryPeek(out _);
    }

    /// <summary>What is waited for arrives.</summary>
    public void Arrive()
    {
        if (!_waits.Reader.TryRead(out var wait))
            throw new InvalidOperationException("Nobody waits.");
        wait.SetResult();
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Reads++;
        if (_left == 0 && _position < content.Length)
            (_left, _isLate) = _pieces.TryDequeue(out var piece) ? (Math.Min(piece.Size, content.Length - _position), piece.IsLate) : (content.Length - _position, false);
        if (_isLate)
        {
            _isLate = false;
            var wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Writer.TryWrite(wait);
            await wait.Task.WaitAsync(cancellationToken);
            if (Failure is not null)
                throw Failure;
        }

        return Give(buffer.Span);
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    private int Give(Span<byte> buffer)
    {
        var given = Math.Min(buffer.Length, _left);
        content.AsSpan(_position, given).CopyTo(buffer);
        _position += given;
        _left -= given;
        return given;
    }
}
