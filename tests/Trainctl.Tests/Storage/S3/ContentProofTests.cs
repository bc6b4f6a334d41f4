using System.Net;
using System.Security.Cryptography;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Transfer;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What content is proven by at services that do not compare it with the digest that is signed, and at those that demand another one.</summary>
public sealed class ContentProofTests
{
    private const string Begun = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
    private const string Locked = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters";

    private static readonly byte[] Content = "content"u8.ToArray();
    private static readonly string Md5 = Convert.ToBase64String(CryptographicOperations.HashData(HashAlgorithmName.MD5, Content));
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));
    private static readonly (string, string) ETag = ("ETag", "\"9a0364b9e99bb480dd25e1f0284c8555\"");

    private static int _count;

    /// <summary>The first object is sent before anybody knows.</summary>
    [TestCase("http", false)]
    [TestCase("https", true)]
    public async Task SeaweedFS_gets_an_MD5_of_every_object_and_part_and_of_the_first_once_it_has_answered(string scheme, bool isUnsigned)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, ETag).Answer(HttpStatusCode.OK, ETag).Answer(HttpStatusCode.OK, ETag).Answer(HttpStatusCode.OK, Begun).Answer(HttpStatusCode.OK, ETag);
        await using var store = OpenUnknown(client, scheme, static _ => "SeaweedFS 30GB 3.88");

        await store.PutAsync("a", Content, new PutOptions());
        await store.PutAsync("b", Content, new PutOptions());
        await using (var write = await store.BeginMultipartAsync("c", Content.Length, new PutOptions()))
            await write.WritePartAsync(1, 0, Content);

        var puts = client.Server.Requests.Where(static r => r.Method == "PUT").ToArray();
        var later = isUnsigned ? RequestSigner.UnsignedPayload : Sha256;
        Assert.That(puts.Select(static r => new Uri(r.Url).AbsolutePath), Is.EqualTo(["/bucket/a", "/bucket/a", "/bucket/b", "/bucket/c"]));
        Assert.That(puts.Select(static r => r.Headers.GetValueOrDefault("content-md5")), Is.EqualTo([null, Md5, Md5, Md5]));
        Assert.That(puts.Select(static r => r.Headers["x-amz-content-sha256"]), Is.EqualTo([Sha256, Sha256, later, later]));
        Assert.That(puts.Skip(1).Select(static r => r.Headers["authorization"]), Has.All.Contain("content-md5;"));
    }

    [Test]
    public async Task Any_other_service_checks_the_signature()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, ETag);
        await using var store = OpenUnknown(client, "http", static _ => "nginx");

        await store.PutAsync("a", Content, new PutOptions());
        await store.PutAsync("b", Content, new PutOptions());

        Assert.That(client.Server.Requests.Select(static r => r.Method), Is.EqualTo(["PUT", "PUT"]));
        Assert.That(client.Server.Requests.Select(static r => r.Headers.ContainsKey("content-md5")), Has.All.False);
    }

    [Test]
    public async Task Content_that_SeaweedFS_took_as_it_came_and_refuses_with_an_MD5_is_not_written()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, ETag);
        Refuse(client, "BadDigest", "The Content-MD5 you specified did not match what we received.");
        await using var store = OpenUnknown(client, "http", static _ => "SeaweedFS S3");

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => store.PutAsync("a", Content, new PutOptions()));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
        Assert.That(client.Server.Requests.Skip(1).Select(static r => r.Headers.GetValueOrDefault("content-md5")), Is.Not.Empty.And.All.EqualTo(Md5));
    }

    /// <summary>A file is read for each digest, and the second would be of other bytes than the first, which is what the store compares.</summary>
    [Test]
    public async Task Digests_of_one_body_are_of_the_same_bytes()
    {
        await using var source = new MemoryStore();
        var found = await source.PutAsync("a", Content, new PutOptions()) with { ETag = null };
        var body = new ReaderBody(source, found, new ByteRange(0, Content.Length));
        await body.HashAsync(HashAlgorithmName.MD5, CancellationToken.None);
        await body.Sha256Async(CancellationToken.None);
        await source.PutAsync("a", "CONTENT"u8.ToArray(), new PutOptions());

        var failure = await Assert.ThrowsAsync<TrainctlException>(async () => await body.HashAsync(HashAlgorithmName.MD5, CancellationToken.None));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.ChangedDuringTransfer));
    }

    [TestCase(Locked)]
    [TestCase("content-MD5 HTTP header is required for Put Object requests with Object Lock parameters")]
    public async Task A_bucket_that_demands_an_MD5_gets_it_from_then_on(string message)
    {
        using var client = new ScriptedClient();
        Refuse(client, "InvalidRequest", message).Answer(HttpStatusCode.OK, ETag).Answer(HttpStatusCode.OK, ETag).Answer(HttpStatusCode.OK, Begun).Answer(HttpStatusCode.OK, ETag);
        await using var store = client.Open(endpoint: new Uri("https://store.example"));

        await store.PutAsync("a", Content, new PutOptions());
        await store.PutAsync("b", Content, new PutOptions());
        await using (var write = await store.BeginMultipartAsync("c", Content.Length, new PutOptions()))
            await write.WritePartAsync(1, 0, Content);

        var puts = client.Server.Requests.Where(static r => r.Method == "PUT").ToArray();
        Assert.That(puts.Select(static r => new Uri(r.Url).AbsolutePath), Is.EqualTo(["/bucket/a", "/bucket/a", "/bucket/b", "/bucket/c"]));
        Assert.That(puts.Select(static r => r.Headers.GetValueOrDefault("content-md5")), Is.EqualTo([null, Md5, Md5, Md5]));
        Assert.That(puts.Select(static r => r.Headers["x-amz-content-sha256"]), Has.All.EqualTo(Sha256));
        Assert.That(puts.Skip(1).Select(static r => r.Headers["authorization"]), Has.All.Contain("content-md5;"));
    }

    [Test]
    public async Task A_part_that_is_refused_without_an_MD5_is_sent_again_with_it()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, Begun);
        Refuse(client, "InvalidRequest", Locked.Replace("Object requests", "Part requests", StringComparison.Ordinal)).Answer(HttpStatusCode.OK, ETag);
        await using var source = new MemoryStore();
        var found = await source.PutAsync("a", Content, new PutOptions());
        await using var store = client.Open(endpoint: new Uri("https://store.example"));

        await using var write = (IStreamedWrite)await store.BeginMultipartAsync("a", Content.Length, new PutOptions());
        var checksum = await write.WritePartAsync(1, source, found, new ByteRange(0, Content.Length), CancellationToken.None);

        Assert.That(client.Server.Requests.Where(static r => r.Method == "PUT").Select(static r => r.Headers.GetValueOrDefault("content-md5")), Is.EqualTo([null, Md5]));
        Assert.That(checksum, Is.EqualTo(Crc64.Of(Content)));
    }

    [TestCase("InvalidRequest", "Something else is wrong.", 1)]
    [TestCase("AccessDenied", Locked, 1)]
    [TestCase("InvalidRequest", Locked, 2, Description = "although it was there")]
    public async Task Another_refusal_stays_one(string code, string message, int sent)
    {
        using var client = new ScriptedClient();
        Refuse(client, code, message);
        await using var store = client.Open(endpoint: new Uri("https://store.example"));

        await Assert.ThrowsAsync<TrainctlException>(() => store.PutAsync("a", Content, new PutOptions()));

        Assert.That(client.Server.Requests, Has.Count.EqualTo(sent));
    }

    private static ScriptedServer Refuse(ScriptedClient client, string code, string message) =>
        client.Server.Answer(HttpStatusCode.BadRequest, $"<Error><Code>{code}</Code><Message>{message}</Message></Error>");

    /// <summary>A store at an address that nobody has been asked at, which says who it is as all stores do: with its answers.</summary>
    private static IObjectStore OpenUnknown(ScriptedClient client, string scheme, Func<SentRequest, string> server)
    {
        var authority = $"unknown{Interlocked.Increment(ref _count)}.example:8333";
        client.Server.OnRequest = (sent, _) =>
        {
            using var answer = new HttpResponseMessage();
            answer.Headers.TryAddWithoutValidation("Server", server(sent));
            ProviderRecognition.Learn(authority, answer.Headers);
            return Task.CompletedTask;
        };
        return client.Open(endpoint: new Uri($"{scheme}://{authority}"), change: c => c with { ProviderSource = ProviderSource.Answers, Authority = authority });
    }
}
