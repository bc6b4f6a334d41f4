using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Trainctl.Testing.Faults;

/// <summary>
/// The way to a real S3 server, on which requests fail as somebody decides. Understands HTTP/1.1 as far as S3 needs it: one request after the other on each
/// connection, bodies with a length or in chunks. What it does not understand, it tells when it is disposed.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly ConcurrentBag<Exception> _defects = [];
    private readonly Uri _server;
    private readonly RequestSigner? _signer;
    private readonly Task _accepting;

    /// <param name="server">The real one.</param>
    /// <param name="secretKey">What clients sign with; needed for <see cref="PageSize"/>, <see cref="ListsByVersion1"/>, <see cref="IgnoresStartAfter"/>, <see cref="TakesSessions"/> and <see cref="FaultKind.DeleteSome"/>, which change requests.</param>
    public FaultProxy(Uri server, string? secretKey = null)
    {
        _server = server;
        _signer = secretKey is null ? null : new RequestSigner(secretKey);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What to use in place of the server's address.</summary>
    public string Address => $"http://{_listener.LocalEndpoint}/";

    /// <summary>Which fault a request meets; null for none. Called once for each request that comes, from many threads.</summary>
    public Func<S3Request, Fault?> Decide { get; set; } = static _ => null;

    /// <summary>How many objects a page of a listing has at most, so that short listings have many pages; null: as the client asks.</summary>
    public int? PageSize { get; set; }

    /// <summary>Whether listings are answered as by a service that does not know their second version: what only that one has is passed over.</summary>
    public bool ListsByVersion1 { get; set; }

    /// <summary>Whether listings begin at the beginning, as of a service that does not know where a client wants them to.</summary>
    public bool IgnoresStartAfter { get; set; }

    /// <summary>Whether requests of a session are sent on as the user's own, as the server knows no sessions. Whether a session is a good one is up to <see cref="Decide"/>.</summary>
    public bool TakesSessions { get; set; }

    public ProxyTraffic Traffic { get; } = new();

    /// <summary>From now on nobody listens, as when a server has died; what is on its way is torn.</summary>
    public void Vanish()
    {
        _listener.Stop();
        _stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
        if (!_defects.IsEmpty)
            throw new AggregateException("The proxy itself failed.", _defects);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        using var client = new HttpConnection(accepted);
        HttpConnection? server = null;
        try
        {
            while (await client.ReadHeadAsync(_stop.Token) is { } head)
            {
                if (server is not { IsIdle: true })
                {
                    server?.Dispose();
                    server = await ConnectAsync();
                }

                if (!await ExchangeAsync(client, server, new S3Request(head)))
                    return;
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side left, or the proxy is stopped.
        }
#pragma warning disable CA1031 // Do not catch general exception types: nobody waits for a connection, so it is told at the end
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _defects.Add(exception);
        }
        finally
        {
            server?.Dispose();
        }
    }

    private async Task<bool> ExchangeAsync(HttpConnection client, HttpConnection server, S3Request request)
    {
        var fault = Decide(request);
        Traffic.Began(request, fault);
        var exchange = new FaultyExchange(client, server, request, fault) { Signer = _signer, PageSize = PageSize, ListsByVersion1 = ListsByVersion1, IgnoresStartAfter = IgnoresStartAfter, TakesSessions = TakesSessions };
        try
        {
            return await exchange.RunAsync(_stop.Token);
        }
        finally
        {
            Traffic.Moved(request, exchange.SentBytes, exchange.ReceivedBytes);
            if (exchange.IsFaulty)
                Traffic.Failed(fault!.Kind);
        }
    }

    private async Task<HttpConnection> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            return new HttpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
