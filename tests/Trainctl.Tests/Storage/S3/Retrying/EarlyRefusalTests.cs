using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Retrying;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3.Retrying;

/// <summary>Servers that answer to the head of a large request and close the connection, so that the sending of its body breaks and the answer is lost. Over real connections.</summary>
public sealed class EarlyRefusalTests
{
    private static readonly byte[] Large = new byte[12 * 1024 * 1024];

    private readonly ConcurrentQueue<string> _heads = new();
    private LoopbackServer _server = null!;
    private Func<string, string?> _answer = null!;

    [SetUp]
    public void SetUp()
    {
        _heads.Clear();
        _server = new LoopbackServer(ServeAsync);
    }

    [TearDown]
    public async Task TearDown() => await _server.DisposeAsync();

    [Test]
    public async Task A_refusal_is_told_in_the_words_of_the_store()
    {
        _answer = static _ => Error("403 Forbidden", "AccessDenied");
        await using var store = ConnectedStore.Open(Address);

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => store.PutAsync("a", Large, new PutOptions())))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.AccessDenied));
        Assert.That(_heads, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Credentials_that_have_expired_are_looked_for_again()
    {
        _answer = static head => head.Contains("x-amz-security-token: old", StringComparison.OrdinalIgnoreCase) ? Error("400 Bad Request", "ExpiredToken") : null;
        var token = "old";
        var credentials = new S3Credentials(StoreSettings.Default, name => name switch
        {
            "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" => "key",
            "AWS_SESSION_TOKEN" => token,
            _ => null,
        });
        await credentials.GetCredentialsAsync();
        token = "new";
        await using var store = ConnectedStore.Open(Address, credentials: credentials);

        await store.PutAsync("a", Large, new PutOptions());

        Assert.That(_heads, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_store_that_asks_for_fewer_requests_is_heard()
    {
        _answer = _ => _heads.Count <= 2 ? Error("503 Slow Down", "SlowDown") : null;
        await using var store = ConnectedStore.Open(Address);

        await store.PutAsync("a", Large, new PutOptions());

        Assert.That(RequestPace.Of(Address.Authority).Limit, Is.LessThan(512));
    }

    /// <summary>As before the first failure, and with a server that does not know the question.</summary>
    [Test]
    public async Task The_store_is_asked_only_after_a_failure()
    {
        _answer = _ => _heads.Count == 1 ? "" : null;
        await using var store = ConnectedStore.Open(Address);

        await store.PutAsync("a", Large, new PutOptions());
        await store.PutAsync("b", Large, new PutOptions());

        Assert.That(_heads.Select(static h => h.Contains("Expect: 100-continue", StringComparison.OrdinalIgnoreCase)), Is.EqualTo([false, true, false]));
        Assert.That(_heads.Where(static h => h.Contains("Expect:", StringComparison.OrdinalIgnoreCase)).Select(static h => h.Split("SignedHeaders=")[1].Split(',')[0]), Has.None.Contains("expect"));
    }

    [Test]
    public async Task What_refuses_the_question_is_not_asked()
    {
        _answer = head => _heads.Count == 1 ? "" : head.Contains("Expect:", StringComparison.OrdinalIgnoreCase) ? "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" : null;
        await using var store = ConnectedStore.Open(Address);

        await store.PutAsync("a", Large, new PutOptions());

        Assert.That(_heads, Has.Count.EqualTo(3));
    }

    private Uri Address => new($"http://127.0.0.1:{_server.Port}");

    private static string Error(string status, string code)
    {
        var body = $"<Error><Code>{code}</Code><Message>m</Message></Error>";
        return $"HTTP/1.1 {status}\r\nx-amz-request-id: R\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
    }

    /// <summary>One request for each connection.</summary>
    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        var stream = client.GetStream();
        var head = await ReadHeadAsync(stream, stop);
        _heads.Enqueue(head);
        if (_answer(head) is { } answer)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop);
            return;
        }

        await stream.ReadExactlyAsync(new byte[Large.Length], stop);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), stop);
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken stop)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, stop);
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString(head.ToArray());
    }
}
