using System.Net.Sockets;

namespace Trainctl.Storage.S3;

/// <summary>
/// A connection that acknowledges all that has arrived before it waits for more. Ceph's gateway sends head and body apart with Nagle's algorithm on, and waits for
/// the acknowledgement of the first, which Linux holds back for 40 ms. Linux forgets the option (tcp(7), TCP_QUICKACK), so each wait sets it again; while there is
/// something to read Linux acknowledges by itself, and to ask for it would be one packet more for each read.
/// </summary>
internal sealed class QuickAckStream(NetworkStream inner, Socket socket) : ConnectionStream(inner)
{
    private const int TcpLevel = 6;
    private const int QuickAckOption = 12;
    private static readonly byte[] On = [1, 0, 0, 0];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = Inner.ReadAsync(buffer, cancellationToken);
        if (!reading.IsCompleted)
            Arm();
        return reading;
    }

    public override int Read(Span<byte> buffer)
    {
        Arm();
        return Inner.Read(buffer);
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
