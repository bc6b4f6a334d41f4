using System.Net;
using System.Net.Sockets;

namespace Trainctl.MSBuild.Tests;

/// <summary>A way to a server on which long answers stop in their middle, and nothing moves any more.</summary>
internal sealed class StallingProxy : IDisposable
{
    private const int Limit = 64 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _server;
    private readonly Action _stalled;

    /// <param name="server">Where it leads.</param>
    /// <param name="stalled">Called when an answer stops.</param>
    public StallingProxy(Uri server, Action stalled)
    {
        (_server, _stalled) = (server, stalled);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var token = _end.Token;
        while (!token.IsCancellationRequested)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(token), token);
    }

    private async Task ServeAsync(TcpClient accepted, CancellationToken token)
    {
        using var client = accepted;
        using var server = new TcpClient();
        await server.ConnectAsync(_server.Host, _server.Port, token);
        var requests = client.GetStream().CopyToAsync(server.GetStream(), token);
        var buffer = new byte[8 << 10];
        for (var passed = 0; passed < Limit;)
        {
            var count = await server.GetStream().ReadAsync(buffer, token);
            if (count == 0)
                return;
            await client.GetStream().WriteAsync(buffer.AsMemory(0, count), token);
            passed += count;
        }

        _stalled();
        await requests;
    }
}
