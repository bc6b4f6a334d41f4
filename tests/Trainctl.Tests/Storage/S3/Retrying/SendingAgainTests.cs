using System.Net;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Tests.Watching;

namespace Trainctl.Tests.Storage.S3.Retrying;

/// <summary>Which answers make a request be sent again, and what is done before.</summary>
public sealed class SendingAgainTests
{
    private const string Etag = "\"e\"";

    [TestCase(HttpStatusCode.ServiceUnavailable, "SlowDown")]
    [TestCase(HttpStatusCode.InternalServerError, "InternalError")]
    [TestCase(HttpStatusCode.BadGateway, "")]
    [TestCase(HttpStatusCode.BadRequest, "RequestTimeout")]
    [TestCase(HttpStatusCode.BadRequest, "BadDigest")]
    public async Task A_bad_moment_is_waited_out_and_the_whole_body_sent_again(HttpStatusCode status, string code)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(status, Error(code)).Answer(status, Error(code)).Answer(HttpStatusCode.OK, ("ETag", Etag));

        var stored = await client.Open().PutAsync("a", "content"u8.ToArray(), new PutOptions());

        Assert.That(stored.ETag, Is.EqualTo("e"));
        Assert.That(client.Server.Requests.Select(static r => r.Body), Has.Exactly(3).Items.And.All.EqualTo("content"u8.ToArray()));
    }

    [TestCase(HttpStatusCode.Forbidden, "AccessDenied", TrainctlError.AccessDenied)]
    [TestCase(HttpStatusCode.NotFound, "NoSuchBucket", TrainctlError.StoreNotFound)]
    [TestCase(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", TrainctlError.CredentialsRejected)]
    [TestCase(HttpStatusCode.NotImplemented, "NotImplemented", TrainctlError.StoreRejected)]
    public async Task What_would_fail_again_is_sent_once(HttpStatusCode status, string code, TrainctlError error)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(status, Error(code));

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => client.Open().PutAsync("a", "x"u8.ToArray(), new PutOptions()));

        Assert.That(failure!.Error, Is.EqualTo(error));
        Assert.That(client.Server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_broken_connection_is_left_for_another()
    {
        using var client = new ScriptedClient();
        client.Server.Fail(static () => new HttpRequestException("reset")).Fail(static () => new IOException("reset")).Answer(HttpStatusCode.OK, ("ETag", Etag));

        await client.Open().PutAsync("a", "x"u8.ToArray(), new PutOptions());

        Assert.That(client.Server.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Another_region_is_gone_to_once_and_said_once()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.MovedPermanently, Error("PermanentRedirect"), ("x-amz-bucket-region", "ap-south-1")).Answer(HttpStatusCode.OK, ("ETag", Etag));
        var log = new ListLog();
        var store = client.Open(log: log);

        await store.PutAsync("a", "x"u8.ToArray(), new PutOptions());
        await store.PutAsync("b", "x"u8.ToArray(), new PutOptions());

        Assert.That(
            client.Server.Requests.Select(static r => r.Headers["authorization"].Split('/')[2]), Is.EqualTo(["eu-west-1", "ap-south-1", "ap-south-1"]));
        Assert.That(log.Warnings.Single(), Does.Contain("'ap-south-1' and not in 'eu-west-1'").And.Contain("AWS_REGION"));
    }

    [TestCase("https://s3.us-east-1.amazonaws.com", HttpStatusCode.MovedPermanently)]
    [TestCase("https://s3.amazonaws.com", HttpStatusCode.TemporaryRedirect)]
    public async Task An_address_of_AWS_that_was_given_is_not_left_for_another_region(string endpoint, HttpStatusCode status)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(status, Error("PermanentRedirect"), ("x-amz-bucket-region", "eu-central-1"));
        var log = new ListLog();

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => client.Open(endpoint: new Uri(endpoint), log: log).PutAsync("a", "x"u8.ToArray(), new PutOptions())))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
        Assert.That(failure.Message, Does.Contain($"'{new Uri(endpoint).Host}' is the address of another region than the bucket's, which is 'eu-central-1'").And.Contain("set AWS_REGION to 'eu-central-1'"));
        Assert.That(client.Server.Requests, Has.Count.EqualTo(1));
        Assert.That(log.Warnings, Is.Empty);
    }

    [Test]
    public async Task At_an_address_of_AWS_that_was_given_another_region_is_signed_for_where_only_the_signature_is_wrong()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.BadRequest, "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>us-east-1</Region></Error>").Answer(HttpStatusCode.OK, ("ETag", Etag));

        await client.Open(endpoint: new Uri("https://s3.us-east-1.amazonaws.com")).PutAsync("a", "x"u8.ToArray(), new PutOptions());

        Assert.That(client.Server.Requests.Select(static r => r.Headers["authorization"].Split('/')[2]), Is.EqualTo(["eu-west-1", "us-east-1"]));
    }

    [Test]
    public async Task Where_a_listing_is_sent_on_to_nowhere_the_bucket_is_asked_for_its_region()
    {
        using var client = new ScriptedClient();
        var asked = 0;
        client.OnList = () => asked++ == 0
            ? throw new AmazonS3Exception("elsewhere", Amazon.Runtime.ErrorType.Sender, "PermanentRedirect", "R", HttpStatusCode.MovedPermanently)
            : ScriptedClient.Page(null, "a");
        client.Server.Answer(HttpStatusCode.MovedPermanently, ("x-amz-bucket-region", "ap-south-1"));
        var log = new ListLog();

        var keys = new List<string>();
        await foreach (var item in client.Open(log: log).ListAsync(new ListRequest()))
            keys.Add(item.Key);

        Assert.That(keys, Is.EqualTo(["a"]));
        Assert.That(client.Server.Requests.Single().Method, Is.EqualTo("HEAD"));
        Assert.That(log.Warnings.Single(), Does.Contain("'ap-south-1'"));
    }

    [Test]
    public async Task A_store_that_sends_on_for_ever_is_not_followed()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.MovedPermanently, Error("PermanentRedirect"), ("x-amz-bucket-region", "ap-south-1"));

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => client.Open().PutAsync("a", "x"u8.ToArray(), new PutOptions()));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.StoreRejected));
        Assert.That(client.Server.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Expired_credentials_are_looked_for_again()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.BadRequest, Error("ExpiredToken")).Answer(HttpStatusCode.OK, ("ETag", Etag));
        var token = "old";
        var credentials = new S3Credentials(StoreSettings.Default, name => name switch
        {
            "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" => "key",
            "AWS_SESSION_TOKEN" => token,
            _ => null,
        });
        var store = client.Open(credentials: credentials);
        await credentials.GetCredentialsAsync();
        token = "new";

        await store.PutAsync("a", "x"u8.ToArray(), new PutOptions());

        Assert.That(client.Server.Requests.Select(static r => r.Headers["x-amz-security-token"]), Is.EqualTo(["old", "new"]));
    }

    [Test]
    public async Task Credentials_that_expire_between_bad_moments_are_looked_for_again_and_once_only()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.ServiceUnavailable, Error("SlowDown")).Answer(HttpStatusCode.InternalServerError, Error("InternalError"))
            .Answer(HttpStatusCode.BadRequest, Error("ExpiredToken")).Answer(HttpStatusCode.ServiceUnavailable, Error("SlowDown"))
            .Answer(HttpStatusCode.BadRequest, Error("ExpiredToken"));
        var credentials = new S3Credentials(StoreSettings.Default, static name => name is "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" or "AWS_SESSION_TOKEN" ? "key" : null);

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => client.Open(credentials: credentials).PutAsync("a", "x"u8.ToArray(), new PutOptions()));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.CredentialsRejected));
        Assert.That(client.Server.Requests, Has.Count.EqualTo(5));
    }

    [TestCase(HttpStatusCode.OK)]
    [TestCase(HttpStatusCode.RequestedRangeNotSatisfiable)]
    public async Task Credentials_that_have_expired_are_looked_for_again_where_an_answer_cannot_say_so(HttpStatusCode first)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.BadRequest).Answer(HttpStatusCode.BadRequest, Error("ExpiredToken")).Answer(first)
            .Answer(HttpStatusCode.OK, "12345", ("ETag", Etag));
        var token = "old";
        var credentials = new S3Credentials(StoreSettings.Default, name => name switch
        {
            "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" => "key",
            "AWS_SESSION_TOKEN" => token,
            _ => null,
        });
        await credentials.GetCredentialsAsync();
        token = "new";

        var found = await client.Open(credentials: credentials).HeadAsync("a");

        Assert.That(found!.Size, Is.EqualTo(5));
        Assert.That(client.Server.Requests.Select(static r => r.Method), Is.EqualTo(["HEAD", "GET", "GET", "HEAD"]));
        Assert.That(client.Server.Requests.Select(static r => r.Headers["x-amz-security-token"]), Is.EqualTo(["old", "old", "new", "new"]));
    }

    [Test]
    public async Task Who_may_not_look_at_an_object_is_told_so_in_the_words_of_the_store()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.Forbidden).Answer(HttpStatusCode.Forbidden, Error("AccessDenied"));

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => client.Open().HeadAsync("a"));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.AccessDenied));
        Assert.That(failure.Message, Does.Contain("AccessDenied"));
        Assert.That(client.Server.Requests.Select(static r => r.Method), Is.EqualTo(["HEAD", "HEAD", "GET"]), "once more without the checksum");
    }

    [Test]
    public async Task Keys_that_cannot_be_renewed_are_not_tried_again()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.BadRequest, Error("ExpiredToken"));

        await Assert.ThrowsAsync<TrainctlException>(() => client.Open().PutAsync("a", "x"u8.ToArray(), new PutOptions()));

        Assert.That(client.Server.Requests, Has.Count.EqualTo(1));
    }

    private static string Error(string code) => code.Length == 0 ? "<html>" : $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>m</Message></Error>";
}
