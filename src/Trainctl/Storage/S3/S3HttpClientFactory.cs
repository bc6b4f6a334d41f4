using System.Net.Sockets;
using Amazon.Runtime;
using HttpClientFactory = Amazon.Runtime.HttpClientFactory;

namespace Trainctl.Storage.S3;

/// <summary>One HTTP client for all stores of the process: connections are shared and unlimited, how many are used is the engine's decision.</summary>
internal sealed class S3HttpClientFactory : HttpClientFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly Lazy<S3HttpHandler> Handler = new(Create);
    private static readonly Lazy<HttpClient> Shared = new(static () => new HttpClient(Handler.Value, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
    private static readonly Lazy<HttpMessageInvoker> Direct = new(static () => new HttpMessageInvoker(Handler.Value, disposeHandler: false));

    public static S3HttpClientFactory Instance { get; } = new();

    /// <summary>The same connections without what HttpClient does for each request.</summary>
    public static HttpMessageInvoker Invoker => Direct.Value;

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Shared.Value;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <summary>Proxies of the environment (HTTPS_PROXY, NO_PROXY) are the handler's default.</summary>
    private static S3HttpHandler Create()
    {
        var sockets = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = int.MaxValue,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };
        return new S3HttpHandler(sockets);
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
            return OperatingSystem.IsLinux() ? new QuickAckStream(stream, socket) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
