using System.Net;
using System.Net.Sockets;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>A network between a program and the real server that counts the bytes of each way.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private long _sent;
    private long _received;
    private int _connections;

    public CountingProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}/";

    /// <summary>Bytes from the program to the server.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Bytes from the server to the program.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Waits until no connection is open.</summary>
    public async Task IdleAsync()
    {
        while (Volatile.Read(ref _connections) > 0)
            await Task.Delay(5);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        using var server = new TcpClient { NoDelay = true };
        try
        {
            using var owned = client;
            client.NoDelay = true;
            await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            var up = PassAsync(client.GetStream(), server.GetStream(), n => Interlocked.Add(ref _sent, n));
            var down = PassAsync(server.GetStream(), client.GetStream(), n => Interlocked.Add(ref _received, n));
            await Task.WhenAny(up, down);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side left.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, Action<int> count)
    {
        var buffer = new byte[256 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            count(read);
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
