using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Trainctl.Testing;

namespace Trainctl.S3.Tests;

/// <summary>The test server behind an encrypted connection, with a certificate of one's choice.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly X509Certificate2 _certificate;
    private readonly LoopbackServer _front;

    public TlsFront(Uri server, X509Certificate2 certificate)
    {
        (_server, _certificate) = (server, certificate);
        _front = new LoopbackServer(ServeAsync);
    }

    public Uri Address => new($"https://localhost:{_front.Port}");

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using var server = new TcpClient();
        await using var encrypted = new SslStream(client.GetStream());
        try
        {
            await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
        }
        catch (AuthenticationException)
        {
            // The other side does not trust the certificate.
            return;
        }

        await server.ConnectAsync(_server.Host, _server.Port, stop);
        await Task.WhenAny(encrypted.CopyToAsync(server.GetStream(), stop), server.GetStream().CopyToAsync(encrypted, stop));
    }
}
