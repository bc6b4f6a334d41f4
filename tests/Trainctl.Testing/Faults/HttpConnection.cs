using System.Net.Sockets;

namespace Trainctl.Testing.Faults;

/// <summary>One side's connection, read message by message.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int LongestHead = 64 * 1024;

    private readonly byte[] _buffer = new byte[LongestHead];
    private readonly Socket _socket;
    private int _start;
    private int _end;

    public HttpConnection(Socket socket)
    {
        socket.NoDelay = true;
        _socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>For writing.</summary>
    public NetworkStream Stream { get; }

    /// <summary>Whether the other side still listens between two messages: nothing has come, not even an end.</summary>
    public bool IsIdle => _start == _end && !_socket.Poll(0, SelectMode.SelectRead);

    /// <summary>The next head; null when the connection ends before it.</summary>
    public async Task<HttpHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = HttpHead.Parse(_buffer.AsSpan(_start, end));
                _start += end + 4;
                return head;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length)
                throw new InvalidDataException($"A head is longer than {LongestHead} bytes.");
            var read = await Stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                return null;
            _end += read;
        }
    }

    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (line.Count < 2 || line[^2] != '\r' || line[^1] != '\n')
        {
            await ReadExactlyAsync(next, cancellationToken);
            line.Add(next[0]);
        }

        return System.Text.Encoding.ASCII.GetString([.. line[..^2]]);
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_start == _end)
            return await Stream.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public async Task ReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var read = await ReadAsync(buffer, cancellationToken);
            if (read == 0)
                throw new EndOfStreamException("A connection ended within a message.");
            buffer = buffer[read..];
        }
    }

    /// <summary>Ends the connection as a crash does: what was not read yet is lost.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        _socket.Close();
    }

    public void Dispose() => Stream.Dispose();
}
