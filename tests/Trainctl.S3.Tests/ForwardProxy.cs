using System.Collections.Concurrent;
using System.Net.Sockets;
using Trainctl.Testing;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>A proxy as companies have them: it is told where each request goes, and leads encrypted connections through.</summary>
internal sealed class ForwardProxy : IAsyncDisposable
{
    private readonly LoopbackServer _server;

    public ForwardProxy() => _server = new LoopbackServer(ServeAsync);

    public Uri Address => new($"http://127.0.0.1:{_server.Port}");

    /// <summary>The first lines of the requests that came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What it answers to everything, in place of leading it on; null for nothing.</summary>
    public int? Refusal { get; set; }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        var near = client.GetStream();
        var head = await ReadHeadAsync(near, stop);
        if (head is null)
            return;
        Requests.Enqueue(head.StartLine);
        if (Refusal is { } status)
        {
            await near.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status} No\r\nProxy-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), stop);
            return;
        }

        using var server = new TcpClient();
        if (head.Method == "CONNECT")
        {
            var authority = head.Target.Split(':');
            await server.ConnectAsync(authority[0], int.Parse(authority[1], System.Globalization.CultureInfo.InvariantCulture), stop);
            await near.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), stop);
        }
        else
        {
            // Each request gets a connection of its own, so that the next one is seen here too.
            var target = new Uri(head.Target);
            await server.ConnectAsync(target.Host, target.Port, stop);
            var forwarded = head with { StartLine = $"{head.Method} {head.Target[target.GetLeftPart(UriPartial.Authority).Length..]} HTTP/1.1" };
            await server.GetStream().WriteAsync(forwarded.With("Connection", "close").ToBytes(), stop);
        }

        await Task.WhenAny(near.CopyToAsync(server.GetStream(), stop), server.GetStream().CopyToAsync(near, stop));
    }

    private static async Task<HttpHead?> ReadHeadAsync(NetworkStream stream, CancellationToken stop)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, stop) == 0)
                return null;
            head.Add(one[0]);
        }

        return HttpHead.Parse(head.ToArray());
    }
}
