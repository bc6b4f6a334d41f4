using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trainctl.S3.Tests;

/// <summary>
/// A network between the store and the real server that fails on purpose: answers to chosen requests are cut off after so many bytes, and the
/// connection with them, or something stands before a request. Requests always arrive whole.
/// </summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private int _cuts;

    public FaultyProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}/";

    /// <summary>Which requests fail, by their first line.</summary>
    public Func<string, bool> Fails { get; set; } = static _ => false;

    /// <summary>Told of the head of each request.</summary>
    public Action<string>? OnHead { get; set; }

    /// <summary>How many times.</summary>
    public int Times { get; set; }

    /// <summary>How many bytes of the answer, its head included, still arrive.</summary>
    public int Bytes { get; set; }

    /// <summary>What a failing request is preceded by, instead of its answer being cut off; null for nothing.</summary>
    public byte[]? Leftover { get; set; }

    /// <summary>How many requests were to fail.</summary>
    public int Cuts => _cuts;

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
        using var server = new TcpClient { NoDelay = true };
        try
        {
            using var owned = client;
            client.NoDelay = true;
            await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            var allowance = new Allowance();
            var up = RequestsAsync(client.GetStream(), server.GetStream(), allowance);
            var down = AnswersAsync(server.GetStream(), client.GetStream(), allowance);
            await Task.WhenAny(up, down);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side left.
        }
    }

    private async Task RequestsAsync(NetworkStream from, NetworkStream to, Allowance allowance)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            var head = Encoding.ASCII.GetString(buffer, 0, Math.Min(read, 4000));
            var line = head.Split('\r')[0];
            if (line.EndsWith(" HTTP/1.1", StringComparison.Ordinal))
                OnHead?.Invoke(head.Split("\r\n\r\n")[0]);
            if (line.EndsWith(" HTTP/1.1", StringComparison.Ordinal) && Fails(line) && Interlocked.Increment(ref _cuts) <= Times)
            {
                if (Leftover is { } leftover)
                    await to.WriteAsync(leftover, _stop.Token);
                else
                    allowance.Left = Bytes;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    private async Task AnswersAsync(NetworkStream from, NetworkStream to, Allowance allowance)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            var passed = Math.Min(read, allowance.Left);
            await to.WriteAsync(buffer.AsMemory(0, passed), _stop.Token);
            if (allowance.Left != int.MaxValue)
                allowance.Left -= passed;
            if (passed < read)
                return;
        }
    }

    private sealed class Allowance
    {
        public volatile int Left = int.MaxValue;
    }
}
