using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Trainctl.Benchmarks.Peers;

/// <summary>
/// A way to a server that is far: what is sent arrives half of a round trip later, either way, in its order. The way takes any number of bytes at a time; only what is
/// on it is late. Connections are made at once, which on a real way costs a round trip too.
/// </summary>
internal sealed class LongWay : IDisposable
{
    private const int BlockSize = 256 * 1024;
    private const int TcpLevel = 6;
    private const int QuickAckOption = 12;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly TimeSpan _half;

    public LongWay(Uri server, TimeSpan roundTrip)
    {
        (_server, _half) = (server, roundTrip / 2);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>What to use in place of the server's address.</summary>
    public Uri Address => new UriBuilder(_server) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
            catch (SocketException exception) when (!_stop.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"A connection could not be taken: {exception.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(10));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            await far.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            await Task.WhenAll(MoveAsync(near, far), MoveAsync(far, near));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side left, or all is over.
        }
    }

    private async Task MoveAsync(Socket from, Socket to)
    {
        var onItsWay = Channel.CreateUnbounded<(long Sent, byte[] Block, int Length)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var arriving = ArriveAsync(onItsWay.Reader, to);
        try
        {
            while (true)
            {
                var block = ArrayPool<byte>.Shared.Rent(BlockSize);
                // What waits for an acknowledgement is not to wait for more than the way.
                from.SetRawSocketOption(TcpLevel, QuickAckOption, [1, 0, 0, 0]);
                var length = await from.ReceiveAsync(block, _stop.Token);
                await onItsWay.Writer.WriteAsync((Stopwatch.GetTimestamp(), block, length), _stop.Token);
                if (length == 0)
                    break;
            }
        }
        finally
        {
            onItsWay.Writer.Complete();
            await arriving;
        }
    }

    private async Task ArriveAsync(ChannelReader<(long Sent, byte[] Block, int Length)> onItsWay, Socket to)
    {
        await foreach (var (sent, block, length) in onItsWay.ReadAllAsync(_stop.Token))
        {
            var rest = _half - Stopwatch.GetElapsedTime(sent);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, _stop.Token);
            for (var start = 0; start < length;)
                start += await to.SendAsync(block.AsMemory(start, length - start), _stop.Token);
            ArrayPool<byte>.Shared.Return(block);
            if (length == 0)
                to.Shutdown(SocketShutdown.Send);
        }
    }
}
