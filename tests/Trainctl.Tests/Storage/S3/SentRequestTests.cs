using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Transfer;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What requests carry that pass the SDK by.</summary>
public sealed class SentRequestTests
{
    private static readonly Uri Endpoint = new("http://store.example:9000");

    /// <summary>A header that is sent and not signed could be taken away on the way, or added.</summary>
    [Test]
    public async Task Every_request_agrees_to_pay_and_shows_its_session_and_signs_both()
    {
        using var client = Answering();
        await using var store = client.Open(endpoint: Endpoint, credentials: Session(), change: static c => c with { RequesterPays = true });

        await UseAsync(store);

        Assert.That(client.Sent.Select(static r => r.Method).Distinct(), Is.EquivalentTo(["GET", "HEAD", "PUT", "POST", "DELETE"]));
        foreach (var sent in client.Sent)
        {
            var signed = sent.Headers["authorization"].Split("SignedHeaders=")[1].Split(',')[0].Split(';');
            Assert.That((sent.Headers["x-amz-request-payer"], sent.Headers["x-amz-security-token"]), Is.EqualTo(("requester", "token/+=")), sent.Method + " " + sent.Url);
            Assert.That(signed, Is.SupersetOf(sent.Headers.Keys.Where(static h => h.StartsWith("x-amz-", StringComparison.Ordinal)).Append("host")), sent.Method + " " + sent.Url);
        }
    }

    [Test]
    public async Task What_is_written_asks_for_encryption_with_a_key_and_nothing_else_does()
    {
        using var client = Answering();
        await using var store = client.Open(endpoint: Endpoint, change: static c => c with { ServerSideEncryption = "aws:kms", KmsKeyId = "arn:aws:kms:eu-west-1:1:key/k" });

        await UseAsync(store);

        foreach (var sent in client.Sent)
        {
            var isWrite = sent.Method == "PUT";
            Assert.That(sent.Headers.GetValueOrDefault("x-amz-server-side-encryption"), Is.EqualTo(isWrite ? "aws:kms" : null), sent.Url);
            Assert.That(sent.Headers.GetValueOrDefault("x-amz-server-side-encryption-aws-kms-key-id"), Is.EqualTo(isWrite ? "arn:aws:kms:eu-west-1:1:key/k" : null), sent.Url);
        }

        Assert.That(client.Sent.Count(static r => r.Method == "PUT"), Is.EqualTo(1));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Content_goes_unsigned_without_encryption_where_that_is_asked_for(bool isAskedFor)
    {
        var crc = PayloadProof.FormatCrc64(Crc64.Of("content"u8));
        using var client = new ScriptedClient { OnDelete = static _ => [] };
        client.Server.Answer(HttpStatusCode.OK, ("ETag", "\"e\""), ("x-amz-checksum-crc64nvme", crc));
        await using var store = client.Open(endpoint: Endpoint, change: c => c with { Provider = ProviderProfile.Aws, ProviderSource = ProviderSource.Setting, IsNetworkTrusted = isAskedFor });

        await store.PutAsync("a", "content"u8.ToArray(), new PutOptions());
        await store.DeleteAsync([.. Enumerable.Range(0, 300).Select(static i => new DeleteRequest($"k{i}"))]);

        var put = client.Sent.First();
        Assert.That(put.Headers["x-amz-checksum-crc64nvme"], Is.EqualTo(crc));
        Assert.That(put.Headers["x-amz-sdk-checksum-algorithm"], Is.EqualTo("CRC64NVME"), "Ceph 20 checks nothing without it");
        Assert.That(put.Headers["x-amz-content-sha256"], Is.EqualTo(isAskedFor ? RequestSigner.UnsignedPayload : Convert.ToHexStringLower(SHA256.HashData("content"u8))));
        Assert.That(put.Headers["authorization"], Does.Contain(";x-amz-checksum-crc64nvme;"), "who changes the content cannot change this without the key");
        Assert.That(client.Sent.Where(static r => r.Method == "POST").Select(static r => r.Headers["x-amz-content-sha256"]), Has.Some.Not.Null.And.None.EqualTo(RequestSigner.UnsignedPayload));
    }

    /// <summary>A store that was said to be like AWS, and passes checksums over.</summary>
    [TestCase(null, true, true, TrainctlError.StoreRejected)]
    [TestCase("AAAAAAAAAAA=", true, true, TrainctlError.ChecksumMismatch)]
    [TestCase("AAAAAAAAAAA=", false, false, TrainctlError.ChecksumMismatch)]
    [TestCase(null, false, true, null, Description = "AWS's own")]
    [TestCase(null, true, false, null, Description = "the signature proved it")]
    public async Task Unsigned_content_must_be_known_to_have_been_checked(string? kept, bool isSaid, bool isUnsigned, TrainctlError? expected)
    {
        using var client = new ScriptedClient();
        (string, string)[] headers = kept is null ? [("ETag", "\"e\"")] : [("ETag", "\"e\""), ("x-amz-checksum-crc64nvme", kept)];
        client.Server.Answer(HttpStatusCode.OK, headers);
        client.Server.Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
            .Answer(HttpStatusCode.OK, headers);
        var source = isSaid ? ProviderSource.Setting : ProviderSource.Address;
        await using var store = client.Open(endpoint: Endpoint, change: c => c with { Provider = ProviderProfile.Aws, ProviderSource = source, IsNetworkTrusted = isUnsigned });

        var put = await FailureOfAsync(() => store.PutAsync("a", "content"u8.ToArray(), new PutOptions()));
        var upload = await store.BeginMultipartAsync("b", 7, new PutOptions());
        var part = await FailureOfAsync(() => upload.WritePartAsync(1, 0, "content"u8.ToArray()));

        Assert.That((put?.Error, put?.Subject, part?.Error, part?.Subject), Is.EqualTo((expected, expected is null ? null : "a", expected, expected is null ? null : "b")));
    }

    /// <summary>A captive portal, or a proxy that is not what it should be, answers everything with 200.</summary>
    [Test]
    public async Task An_answer_without_an_ETag_is_none_to_a_write()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "<html/>");
        await using var store = client.Open(endpoint: Endpoint);

        var failure = await FailureOfAsync(() => store.PutAsync("a", "content"u8.ToArray(), new PutOptions()));

        Assert.That((failure?.Error, failure?.Subject), Is.EqualTo((TrainctlError.StoreRejected, "a")));
    }

    /// <summary>AWS wants kms:Decrypt of who asks for the checksum of an object with a key of a key service, and nothing of the kind of who leaves it out.</summary>
    [TestCase(HttpStatusCode.OK, new[] { "HEAD ENABLED", "HEAD " })]
    [TestCase(HttpStatusCode.Forbidden, new[] { "HEAD ENABLED", "HEAD ", "GET " }, Description = "which says why")]
    public async Task Who_may_not_see_a_checksum_may_look_without_it(HttpStatusCode second, string[] expected)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.Forbidden).Answer(second, second == HttpStatusCode.OK ? "content" : "<Error><Code>AccessDenied</Code></Error>");
        await using var store = client.Open();
        StoredObject? found = null;

        var failure = await FailureOfAsync(async () => found = await store.HeadAsync("a"));

        Assert.That(client.Sent.Select(static r => $"{r.Method} {r.Headers.GetValueOrDefault("x-amz-checksum-mode")}"), Is.EqualTo(expected));
        Assert.That((found?.Size, failure?.Error), Is.EqualTo(second == HttpStatusCode.OK ? (7L, null) : ((long?)null, (TrainctlError?)TrainctlError.AccessDenied)));
    }

    /// <summary>Older stores demand Content-MD5 of DeleteObjects (aws/aws-sdk-net#3641), and nothing else proves it where the connection is encrypted.</summary>
    [TestCase("http://store.example:9000")]
    [TestCase("https://store.example")]
    [TestCase(null)]
    public async Task A_deletion_of_many_says_what_it_is_with_an_MD5_and_a_signature(string? endpoint)
    {
        using var client = Answering();
        await using var store = client.Open("s3://bucket/p", endpoint is null ? null : new Uri(endpoint));

        await store.DeleteAsync([new DeleteRequest("a&b <\"c\">'"), new DeleteRequest("～\U0001F600"), new DeleteRequest("%2e+]]>")]);

        var sent = client.Sent.Single();
        Assert.That((sent.Method, new Uri(sent.Url).Query), Is.EqualTo(("POST", "?delete=")));
        Assert.That(sent.Headers["content-md5"], Is.EqualTo(Convert.ToBase64String(CryptographicOperations.HashData(HashAlgorithmName.MD5, sent.Body))));
        Assert.That(sent.Headers["x-amz-content-sha256"], Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(sent.Body))));
        Assert.That(sent.Headers["authorization"], Does.Contain("content-md5;"));
        var body = XDocument.Parse(Encoding.UTF8.GetString(sent.Body)).Root!;
        XNamespace space = "http://s3.amazonaws.com/doc/2006-03-01/";
        Assert.That(body.Elements(space + "Object").Elements(space + "Key").Select(static k => k.Value), Is.EqualTo(["p/%2e+]]>", "p/a&b <\"c\">'", "p/～\U0001F600"]));
        Assert.That(body.Element(space + "Quiet")!.Value, Is.EqualTo("true"));
    }

    /// <summary>XML 1.0 cannot hold the first two, and readers of XML change or cut the others.</summary>
    [TestCase("bell\a")]
    [TestCase("\uffff")]
    [TestCase("return\r")]
    [TestCase("tab\tin")]
    [TestCase("next\u0085line")]
    [TestCase(" begins with a space")]
    public async Task A_key_that_XML_does_not_keep_is_deleted_alone(string key)
    {
        using var client = Answering();
        await using var store = client.Open(endpoint: Endpoint);

        var outcomes = await store.DeleteAsync([new DeleteRequest("a"), new DeleteRequest(key), new DeleteRequest("b")]);

        Assert.That(outcomes.Select(static o => o.Failure), Has.All.Null);
        Assert.That(client.DeletedAlone, Is.EqualTo([key]));
        Assert.That(client.Sent.Count(static r => r.Method == "POST"), Is.EqualTo(1));
    }

    [TestCase(250, new[] { 250 })]
    [TestCase(251, new[] { 250 }, Description = "one alone needs no list")]
    [TestCase(1000, new[] { 250, 250, 250, 250 })]
    [TestCase(2001, new[] { 251, 251, 251, 251, 251, 251, 251, 244 })]
    [TestCase(8000, new[] { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 })]
    [TestCase(8001, new[] { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 }, Description = "the most that a request may name")]
    public async Task Many_are_spread_over_eight_requests(int count, int[] named)
    {
        using var client = Answering();
        await using var store = client.Open(endpoint: Endpoint);

        await store.DeleteAsync([.. Enumerable.Range(0, count).Select(static i => new DeleteRequest($"k{i:d4}"))]);

        var keys = client.Sent.Where(static r => r.Method == "POST")
            .Select(static r => XDocument.Parse(Encoding.UTF8.GetString(r.Body)).Descendants().Where(static e => e.Name.LocalName == "Key").Select(static e => e.Value).ToArray()).ToArray();
        Assert.That(keys.Select(static k => k.Length).OrderDescending(), Is.EqualTo(named));
        Assert.That(keys.SelectMany(static k => k).Concat(client.DeletedAlone).Order(StringComparer.Ordinal), Is.EqualTo(Enumerable.Range(0, count).Select(static i => $"k{i:d4}")));
    }

    [Test]
    public async Task A_listing_names_prefix_and_continuation_encoded()
    {
        using var client = new ScriptedClient();
        client.Pages.Enqueue(ScriptedClient.Page("1/+=&amp;", "p%26%20/a"));
        client.Pages.Enqueue(ScriptedClient.Page(null, "p%26%20/b"));

        await foreach (var item in client.Open("s3://bucket/p& ", Endpoint).ListAsync(new ListRequest()))
            Assert.That(item.Key, Is.AnyOf("a", "b"));

        Assert.That(client.Sent.Select(static r => r.Url), Is.EqualTo(new[]
        {
            "http://127.0.0.1:1/bucket?encoding-type=url&list-type=2&prefix=p%26%20%2F",
            "http://127.0.0.1:1/bucket?continuation-token=1%2F%2B%3D%26&encoding-type=url&list-type=2&prefix=p%26%20%2F",
        }));
    }

    private static ScriptedClient Answering()
    {
        var client = new ScriptedClient { OnDelete = static _ => [], OnList = static () => ScriptedClient.Page(null, "a") };
        client.Server.Answer(HttpStatusCode.OK, "content", ("ETag", "\"9a0364b9e99bb480dd25e1f0284c8555\""));
        return client;
    }

    private static async Task<TrainctlException?> FailureOfAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (TrainctlException exception)
        {
            return exception;
        }
    }

    private static S3Credentials Session() => new(StoreSettings.Default, static name => name switch
    {
        "AWS_ACCESS_KEY_ID" => "id",
        "AWS_SECRET_ACCESS_KEY" => "secret",
        "AWS_SESSION_TOKEN" => "token/+=",
        _ => null,
    });

    private static async Task UseAsync(IObjectStore store)
    {
        await store.PutAsync("a", "content"u8.ToArray(), new PutOptions());
        await store.HeadAsync("a");
        await (await store.OpenReadAsync("a")).DisposeAsync();
        await foreach (var item in store.ListAsync(new ListRequest()))
            Assert.That(item.Key, Is.EqualTo("a"));
        await store.DeleteAsync([new DeleteRequest("a")]);
        await store.DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b")]);
    }
}
