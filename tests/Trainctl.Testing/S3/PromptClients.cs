using System.Net.Sockets;
using Amazon.Runtime;
using Trainctl.Storage.S3;

namespace Trainctl.Testing.S3;

/// <summary>The SDK's connections, but acknowledging at once where Ceph waits for it: 40 ms for each request otherwise.</summary>
internal sealed class PromptClients : HttpClientFactory
{
    private static readonly SocketsHttpHandler Handler = new()
    {
        ConnectCallback = static async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                var stream = new NetworkStream(socket, ownsSocket: true);
                return OperatingSystem.IsLinux() ? new QuickAckStream(stream, socket) : stream;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(Handler, disposeHandler: false) { Timeout = TimeSpan.FromSeconds(100) };
}
