using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Storage.S3.Http;
using HttpClientFactory = Amazon.Runtime.HttpClientFactory;

namespace Trainctl.Tests.Storage.S3.Http;

/// <summary>Signatures that AWS has published (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html), and the SDK's own.</summary>
public sealed class RequestSignerTests
{
    private const string AccessKey = "AKIAIOSFODNN7EXAMPLE";
    private const string SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string Time = "20130524T000000Z";

    [TestCase("GET", "/test.txt", "", "range:bytes=0-9", null, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [TestCase(
        "PUT",
        "/test%24file.text",
        "",
        "date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY",
        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [TestCase("GET", "/", "lifecycle=", "", null, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [TestCase("GET", "/", "max-keys=2&prefix=J", "", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void The_published_examples_are_met(string method, string path, string query, string headers, string? payload, string signature)
    {
        payload ??= RequestSigner.EmptyPayload;
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = "examplebucket.s3.amazonaws.com",
            ["x-amz-content-sha256"] = payload,
            ["x-amz-date"] = Time,
        };
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
            sorted[header[..header.IndexOf(':')]] = header[(header.IndexOf(':') + 1)..];

        var signed = new RequestSigner("us-east-1").Sign(method, path, query, sorted, payload, Time, AccessKey, SecretKey);

        Assert.That(signed, Does.EndWith("Signature=" + signature));
    }

    [TestCase("plain.txt")]
    [TestCase("a folder/with space+plus&and=equals")]
    [TestCase("unicode/čeština/日本/😀.bin")]
    [TestCase("odd/!*'();:@&=+$,?#[]%20~-_.\\|<>^`{}\"")]
    [TestCase("dots/.../.hidden/a..b")]
    [TestCase("ends/with/slash/")]
    [TestCase("double//slash")]
    public async Task Keys_are_signed_and_addressed_as_the_SDK_does(string key)
    {
        using var recorder = new ScriptedServer().Answer(System.Net.HttpStatusCode.OK, "", ("ETag", "\"e\""));
        using var http = new HttpClient(recorder, disposeHandler: false);
        using var client = new AmazonS3Client(
            new SessionAWSCredentials(AccessKey, SecretKey, "token/+="),
            new AmazonS3Config { ServiceURL = "http://store.example:9000", ForcePathStyle = true, AuthenticationRegion = "eu-west-1", HttpClientFactory = new Factory(http) });
        var request = new PutObjectRequest { BucketName = "bucket", Key = key, ContentBody = "content", UseChunkEncoding = false };
        request.Metadata.Add("mtime", "1.5");

        await client.PutObjectAsync(request);

        var sent = recorder.Requests.Single();
        var address = BucketAddress.Of(client, "bucket");
        var path = address.PathOf(key);
        Assert.That(address.UrlOf(path, "").AbsoluteUri, Is.EqualTo(sent.Url), "the address");
        var theirs = sent.Headers["authorization"];
        var names = theirs.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
        var headers = names.Select(n => KeyValuePair.Create(n, n == "host" ? address.Host : sent.Headers[n]));
        var ours = new RequestSigner("eu-west-1").Sign(
            "PUT", path, "", headers, sent.Headers["x-amz-content-sha256"], sent.Headers["x-amz-date"], AccessKey, SecretKey);
        Assert.That(ours, Is.EqualTo(theirs));
    }

    [Test]
    public void A_new_day_and_another_secret_get_another_key()
    {
        var signer = new RequestSigner("us-east-1");

        string Sign(string time, string secret) => signer.Sign("GET", "/", "", [KeyValuePair.Create("host", "h")], RequestSigner.EmptyPayload, time, AccessKey, secret);
        var signatures = new[] { Sign(Time, SecretKey), Sign("20130525T000000Z", SecretKey), Sign(Time, "other"), Sign(Time, SecretKey) };

        Assert.That(signatures.Distinct().Count(), Is.EqualTo(3));
        Assert.That(signatures[3], Is.EqualTo(signatures[0]));
        Assert.That(signatures[0], Is.EqualTo(new RequestSigner("us-east-1").Sign(
            "GET", "/", "", [KeyValuePair.Create("host", "h")], RequestSigner.EmptyPayload, Time, AccessKey, SecretKey)));
    }

    private sealed class Factory(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
