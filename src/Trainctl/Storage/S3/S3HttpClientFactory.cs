using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Amazon.Runtime;
using Trainctl.Storage.S3.Proxies;
using HttpClientFactory = Amazon.Runtime.HttpClientFactory;

namespace Trainctl.Storage.S3;

/// <summary>
/// One HTTP client for all stores of the process that trust the same authorities and have the same proxies: connections are shared and unlimited, how many are used is the engine's
/// decision.
/// </summary>
internal sealed class S3HttpClientFactory : HttpClientFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly S3HttpClientFactory OfTheSystem = new(null, null);
    private static readonly ConcurrentDictionary<(CaBundle? Bundle, string? NoProxy), S3HttpClientFactory> Own = new();

    private readonly Lazy<HttpClient> _shared;
    private readonly Lazy<HttpMessageInvoker> _direct;

    private S3HttpClientFactory(CaBundle? bundle, string? noProxy)
    {
        var handler = new Lazy<S3HttpHandler>(() => Create(bundle, noProxy));
        _shared = new(() => new HttpClient(handler.Value, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
        _direct = new(() => new HttpMessageInvoker(handler.Value, disposeHandler: false));
    }

    /// <summary>The same connections without what HttpClient does for each request.</summary>
    public HttpMessageInvoker Invoker => _direct.Value;

    public static S3HttpClientFactory For(S3Connection connection) =>
        connection is { CaBundle: null, NoProxy: null } ? OfTheSystem : Own.GetOrAdd((connection.CaBundle, connection.NoProxy), static own => new S3HttpClientFactory(own.Bundle, own.NoProxy));

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _shared.Value;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <summary>Proxies of the environment (HTTPS_PROXY) are the handler's default.</summary>
    private static S3HttpHandler Create(CaBundle? bundle, string? noProxy)
    {
        var proxy = noProxy is null ? null : new StoreProxy(HttpClient.DefaultProxy, NoProxyList.Parse(noProxy));
        var sockets = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = int.MaxValue,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            Proxy = proxy,
            RequestHeaderEncodingSelector = static (name, _) => ForeignHeaders.Includes(name) ? Encoding.Latin1 : null,
            UseCookies = false,
        };
        if (bundle is not null)
            sockets.SslOptions = bundle.Trust();
        return new S3HttpHandler(sockets, TimeProvider.System, proxy);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            Stream raw = OperatingSystem.IsLinux() ? new QuickAckStream(stream, socket) : stream;
            if (context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps)
                return new ReadAheadStream(raw, SystemAuthorities.ReadAsync());
            // TLS reads in pieces of its own, which do not tell how much its reader takes.
            return OperatingSystem.IsLinux() ? new LowWaterStream(raw, socket) : raw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
