using System.Net.Sockets;

namespace Trainctl.Storage.S3;

/// <summary>
/// A connection that wakes nobody while nobody waits for it. .NET is told of each packet that arrives, by a thread that wakes up for it, also while a large answer
/// arrives faster than it is taken; those were more than half of all switches between threads in a download. So while reads find what they ask for, Linux is to be silent
/// until much more has come (socket(7), SO_RCVLOWAT), and before a read that may wait it is to tell of the first byte again.
/// </summary>
internal sealed class LowWaterStream(Stream inner, Socket socket) : ConnectionStream(inner)
{
    /// <summary>
    /// In bytes: reads that ask for so much are those of a large answer to a reader that takes what it can get. Where the bandwidth is limited they are smaller: what came
    /// into a larger buffer would have come beyond the limit.
    /// </summary>
    public const int Large = 96 * 1024;

    /// <summary>
    /// In bytes. Linux makes the buffer twice as large for it, at once, so it is as large as Linux by itself lets it become on a machine that nobody has tuned, 6 MB
    /// (tcp(7), tcp_rmem): a reader that is slow would find more and more in memory. 1 MiB saves less than half as much.
    /// </summary>
    public const int Silent = 3 * 1024 * 1024;

    private const int SocketLevel = 1;
    private const int LowWaterOption = 18;

    private int _mark = 1;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Before it and not only after: Linux tells of what is there as the mark sinks, and other systems that look like it may not.
        if (_mark > 1 && !HasArrived())
            SetMark(1);
        var reading = Inner.ReadAsync(buffer, cancellationToken);
        if (!reading.IsCompleted)
            SetMark(1);
        else if (buffer.Length >= Large)
            SetMark(Silent);
        return reading;
    }

    public override int Read(Span<byte> buffer)
    {
        SetMark(1);
        return Inner.Read(buffer);
    }

    private bool HasArrived()
    {
        try
        {
            return socket.Available > 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void SetMark(int mark)
    {
        if (mark == _mark)
            return;
        Span<byte> value = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(value, mark);
        try
        {
            socket.SetRawSocketOption(SocketLevel, LowWaterOption, value);
            _mark = mark;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // A connection that ended; the read itself says so.
        }
    }
}
