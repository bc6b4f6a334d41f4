using System.Net.Sockets;
using Trainctl.Testing;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>A network between a program and the real server that counts the bytes of each way as they pass, so that a moment can be chosen by them.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly LoopbackServer _front;
    private long _sentLimit = long.MaxValue;
    private long _receivedLimit = long.MaxValue;
    private long _sent;
    private long _received;
    private int _connections;

    public CountingProxy(Uri server)
    {
        _server = server;
        _front = new LoopbackServer(ServeAsync);
    }

    public string Address => $"http://127.0.0.1:{_front.Port}/";

    /// <summary>Bytes from the program to the server.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Bytes from the server to the program.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Lets only so many more bytes pass each way; the rest waits for <see cref="Release"/>.</summary>
    public void HoldAfter(long bytes)
    {
        Interlocked.Exchange(ref _sentLimit, Sent + bytes);
        Interlocked.Exchange(ref _receivedLimit, Received + bytes);
    }

    public void Release()
    {
        Interlocked.Exchange(ref _sentLimit, long.MaxValue);
        Interlocked.Exchange(ref _receivedLimit, long.MaxValue);
    }

    /// <summary>Waits until no connection is open.</summary>
    public async Task IdleAsync()
    {
        while (Volatile.Read(ref _connections) > 0)
            await Task.Delay(5);
    }

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            using var server = new TcpClient { NoDelay = true };
            await server.ConnectAsync(_server.Host, _server.Port, stop);
            var up = PassAsync(client.GetStream(), server.GetStream(), n => Interlocked.Add(ref _sent, n) > Interlocked.Read(ref _sentLimit), stop);
            var down = PassAsync(server.GetStream(), client.GetStream(), n => Interlocked.Add(ref _received, n) > Interlocked.Read(ref _receivedLimit), stop);
            await Task.WhenAny(up, down);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private static async Task PassAsync(NetworkStream from, NetworkStream to, Func<int, bool> count, CancellationToken stop)
    {
        var buffer = new byte[256 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, stop)) > 0)
        {
            var isHeld = count(read);
            while (isHeld)
            {
                await Task.Delay(5, stop);
                isHeld = count(0);
            }

            await to.WriteAsync(buffer.AsMemory(0, read), stop);
        }
    }
}
