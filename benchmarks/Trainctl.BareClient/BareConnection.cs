using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Trainctl.BareClient;

/// <summary>One connection, one request at a time, by calls that wait.</summary>
internal sealed class BareConnection : IDisposable
{
    private const int TcpLevel = 6;
    private const int QuickAckOption = 12;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[128 * 1024];

    public BareConnection(IPEndPoint address) => _socket.Connect(address);

    /// <summary>Sends a request and returns the answer as text.</summary>
    /// <exception cref="IOException">The server refused it, or left.</exception>
    public string Ask(byte[] head, ArraySegment<byte> body = default)
    {
        var text = new StringBuilder();
        Ask(head, body, bytes => text.Append(Encoding.UTF8.GetString(bytes)));
        return text.ToString();
    }

    /// <summary>Sends a request and passes the answer's content on.</summary>
    /// <exception cref="IOException">The server refused it, or left.</exception>
    public string Ask(byte[] head, ArraySegment<byte> body, Action<ReadOnlySpan<byte>> onContent)
    {
        Send(head, body);
        // Linux holds acknowledgements back for 40 ms, and a server that sends in two steps waits for the first.
        _socket.SetRawSocketOption(TcpLevel, QuickAckOption, [1, 0, 0, 0]);
        var have = 0;
        int end;
        do
        {
            have += Receive(have);
            end = _buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8);
        }
        while (end < 0);
        var headers = Encoding.ASCII.GetString(_buffer, 0, end + 2);
        if (LengthIn(headers) is { } length)
            ReadContent(end + 4, have, length, onContent);
        else
            ReadChunks(end + 4, have, onContent);
        return headers[9] == '2' ? headers : throw new IOException($"The server answered: {headers}");
    }

    public void Dispose() => _socket.Dispose();

    private void Send(byte[] head, ArraySegment<byte> body)
    {
        var sent = _socket.Send(body.Count == 0 ? [head] : [head, body]);
        if (sent < head.Length + body.Count)
            throw new IOException("The connection took only a part.");
    }

    private int Receive(int offset) => _socket.Receive(_buffer, offset, _buffer.Length - offset, SocketFlags.None) is var count and > 0
        ? count
        : throw new IOException("The server has closed the connection.");

    private void ReadContent(int from, int have, long left, Action<ReadOnlySpan<byte>> onContent)
    {
        for (; ; (from, have) = (0, Receive(0)))
        {
            onContent(_buffer.AsSpan(from, have - from));
            if ((left -= have - from) <= 0)
                return;
        }
    }

    /// <summary>Content of a length that the server does not know before: lines with a number of bytes in hexadecimal digits, each before so many of them.</summary>
    private void ReadChunks(int from, int have, Action<ReadOnlySpan<byte>> onContent)
    {
        var all = new List<byte>(_buffer.AsSpan(from, have - from).ToArray());
        while (!CollectionsMarshal.AsSpan(all).EndsWith("0\r\n\r\n"u8))
            all.AddRange(_buffer.AsSpan(0, Receive(0)));
        var rest = (ReadOnlySpan<byte>)CollectionsMarshal.AsSpan(all);
        while (rest.IndexOf("\r\n"u8) is var line && int.Parse(rest[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var size and > 0)
        {
            onContent(rest.Slice(line + 2, size));
            rest = rest[(line + 2 + size + 2)..];
        }
    }

    /// <summary>Null: nobody knows.</summary>
    private static long? LengthIn(string headers)
    {
        const string Name = "\r\ncontent-length:";
        var start = headers.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return headers.Contains("\r\ntransfer-encoding: chunked", StringComparison.OrdinalIgnoreCase) ? null : 0;
        start += Name.Length;
        return long.Parse(headers.AsSpan(start, headers.IndexOf('\r', start) - start), CultureInfo.InvariantCulture);
    }
}
