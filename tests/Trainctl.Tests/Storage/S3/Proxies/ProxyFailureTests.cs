using System.Net;
using System.Net.Sockets;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3.Proxies;
using Trainctl.Testing;
using Trainctl.Tests.Watching;

namespace Trainctl.Tests.Storage.S3.Proxies;

/// <summary>Proxies that are not there, or do not let requests through: who it was is told, once, and never the password. Over real connections.</summary>
public sealed class ProxyFailureTests
{
    private const string User = "sentinel0proxy0user";
    private const string Password = "sentinel0proxy0password";

    [TestCase("https://store.example:9000", 407, 1, "takes")]
    [TestCase("https://store.example:9000", 403, 1, "does not lead to 'store.example:9000' (HTTP 403)")]
    [TestCase("https://store.example:9000", 503, 8, "does not lead to 'store.example:9000' (HTTP 503)")]
    [TestCase("http://store.example:9000", 407, 1, "takes")]
    public async Task A_proxy_that_refuses_is_named_and_its_password_is_not(string endpoint, int status, int requests, string says)
    {
        var came = 0;
        await using var server = new LoopbackServer(async (client, token) =>
        {
            await ReadHeadAsync(client.GetStream(), token);
            Interlocked.Increment(ref came);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), token);
        });

        var (failure, log) = await FailAsync(new Uri(endpoint), server.Port);

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreUnavailable));
        Assert.That(failure.Message, Does.Contain($"the proxy at '127.0.0.1:{server.Port}'").And.Contain($"(HTTP {status})").And.Contain(endpoint.StartsWith("https", StringComparison.Ordinal) ? "HTTPS_PROXY" : "HTTP_PROXY"));
        Assert.That(failure.Message, says == "takes" ? Does.Contain("does not take the user and password") : Does.Contain(says));
        Assert.That(came, Is.EqualTo(requests));
        Assert.That(log.Warnings.Append(failure.ToString()).Append(failure.ToDisplayString()), Has.None.Contain(Password).And.None.Contain(User));
    }

    [TestCase("https://store.example:9000", "HTTPS_PROXY")]
    [TestCase("http://store.example:9000", "HTTP_PROXY")]
    public async Task A_proxy_that_is_not_there_is_not_taken_for_the_store(string endpoint, string variable)
    {
        var (failure, _) = await FailAsync(new Uri(endpoint), 1);

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreUnavailable));
        Assert.That(failure.Message, Does.Contain("nobody answers at '127.0.0.1:1'").And.Contain("the proxy on the way to 'store.example:9000'").And.Contain($"Check {variable}"));
        Assert.That(failure.ToString(), Does.Not.Contain(Password));
    }

    [Test]
    public async Task What_NO_PROXY_names_is_asked_without_it()
    {
        var proxy = new StoreProxy(new WebProxy("http://127.0.0.1:1"), NoProxyList.Parse("127.0.0.0/8"));
        await using var server = new LoopbackServer(static async (client, token) =>
        {
            await ReadHeadAsync(client.GetStream(), token);
            await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"e\"\r\nConnection: close\r\n\r\n"u8.ToArray(), token);
        });
        await using var store = Open(new Uri($"http://127.0.0.1:{server.Port}"), proxy, new ListLog());

        Assert.That((await store.HeadAsync("a"))!.Size, Is.EqualTo(3));
    }

    [TestCase("The proxy tunnel request to proxy 'http://user:p@ss:wörd'@proxy:8080/' failed.", "The proxy tunnel request to proxy 'http://...@proxy:8080/' failed.")]
    [TestCase("see https://a.example/x@y and mail@example", "see https://a.example/x@y and mail@example")]
    [TestCase("http://token@a/ https://b:c@d", "http://...@a/ https://...@d")]
    public void A_foreign_text_loses_its_users(string text, string expected)
    {
        Assert.That(ForeignText.WithoutUsers(text), Is.EqualTo(expected));
        Assert.That(ForeignText.WithoutUsers(new IOException("outer", new IOException(text))), text == expected ? Is.Not.Null : Is.Null);
    }

    private static async Task<(TrainctlException Failure, ListLog Log)> FailAsync(Uri endpoint, int port)
    {
        var log = new ListLog();
        await using var store = Open(endpoint, new WebProxy(new Uri($"http://{User}:{Password}@127.0.0.1:{port}")), log);
        return ((await Assert.ThrowsAsync<TrainctlException>(() => store.HeadAsync("a")))!, log);
    }

    private static IObjectStore Open(Uri endpoint, IWebProxy proxy, ITrainctlLog log) => ConnectedStore.Open(endpoint, proxy, log: log);

    private static async Task ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 })
        {
        }
    }
}
