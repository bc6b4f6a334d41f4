using System.Net;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Objects with <c>Content-Encoding: gzip</c>, which some services decompress on their way unless the request accepts gzip.</summary>
public sealed class CompressedObjectTests
{
    [TestCase("gs://bucket", "https://storage.googleapis.com", true)]
    [TestCase("s3://bucket", "https://storage.googleapis.com", true)]
    [TestCase("s3://bucket", "https://store.example", false)]
    public async Task Google_is_asked_for_objects_as_they_are_stored(string url, string endpoint, bool isAccepted)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "gzipped", ("ETag", "\"e\""), ("Content-Encoding", "gzip"));
        await using var store = client.Open(url, new Uri(endpoint));

        var found = await store.HeadAsync("a");
        await using var stream = await store.OpenReadAsync("a");
        await store.PutAsync("b", "x"u8.ToArray(), new PutOptions());

        Assert.That((found!.Size, stream.Length), Is.EqualTo((7, 7)));
        Assert.That(client.Sent.Select(static r => (r.Method, r.Headers.GetValueOrDefault("accept-encoding"))), Is.EqualTo(new[] { ("HEAD", isAccepted ? "gzip" : null), ("GET", isAccepted ? "gzip" : null), ("PUT", null) }));
        Assert.That(client.Sent.Select(static r => r.Headers["authorization"]), Has.None.Contains("accept-encoding"), "Google's service changes it on its way");
    }

    [Test]
    public async Task Where_no_length_is_told_the_reason_may_be_that_it_was_decompressed()
    {
        await using var server = new LoopbackServer(static async (client, stop) =>
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync(stop) is { Length: > 0 })
            {
            }

            await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"u8.ToArray(), stop);
        });
        await using var store = ConnectedStore.Open(new Uri($"http://127.0.0.1:{server.Port}"));

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => store.OpenReadAsync("a")))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
        Assert.That(failure.Message, Does.Contain("told no length").And.Contain("Content-Encoding: gzip"));
    }
}
