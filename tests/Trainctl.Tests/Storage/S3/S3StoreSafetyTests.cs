using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Sync;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Answers of a store that must not be believed, or must be read to the end.</summary>
public sealed class S3StoreSafetyTests
{
    /// <summary>Several requests go side by side, and as long a page as there is would be looked through for each of them.</summary>
    [TestCase(10, "20")]
    [TestCase(600, "500 500 200")]
    [TestCase(4000, "all all all all all all all all")]
    public async Task A_look_before_a_deletion_is_no_longer_than_it_must_be(int objects, string lengths)
    {
        string[] keys = [.. Enumerable.Range(0, objects).Select(static i => $"k{i:0000}")];
        var bucket = new PagedBucket(keys) { PageSize = 1000 };
        using var client = new ScriptedClient { OnDelete = static _ => [], OnPage = bucket.AnswerAsync };
        client.Server.Answer(HttpStatusCode.OK, ("ETag", "\"e\""), ("Content-Length", "1"));
        await using var store = client.Open();
        var seen = await store.ListAsync(new ListRequest()).ToListAsync();
        client.Sent.Clear();

        var outcomes = await store.DeleteAsync([.. seen.Select(static o => new DeleteRequest(o.Key, o))]);

        Assert.That(outcomes, Has.Count.EqualTo(objects));
        var looks = client.Sent.Where(static r => r.Url.Contains("list-type=2", StringComparison.Ordinal)).Select(static r => System.Web.HttpUtility.ParseQueryString(new Uri(r.Url).Query)["max-keys"] ?? "all");
        Assert.That(looks, Is.EquivalentTo(lengths.Split(' ')));
    }

    /// <summary>Taken for the prefix without the slashes, a sync would delete there.</summary>
    [TestCase("s3://bucket/a//", "s3://bucket/a")]
    [TestCase("s3://bucket//", "s3://bucket/")]
    [TestCase("gs://bucket/a///", "gs://bucket/a")]
    public async Task An_address_that_ends_in_two_slashes_is_refused(string url, string meant)
    {
        var engine = new TrainctlEngine(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null });

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => engine.SyncAsync(new SyncSettings { Source = "nowhere", Destination = url, Delete = true })))!;

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, url)));
        Assert.That(failure.Message, Does.Contain($"another prefix than '{meant}'."));
    }

    /// <summary>The SDK would ask for another key.</summary>
    [TestCase("s3://bucket", "/a")]
    [TestCase("s3://bucket//x", "a")]
    public async Task A_key_that_begins_with_a_slash_is_out_of_reach_where_the_bucket_is_in_the_path(string root, string key)
    {
        using var client = new ScriptedClient();
        var store = client.Open(root, Elsewhere);

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => ((IBucketStore)store).ReadTagsAsync(key)))!;

        Assert.That((failure.Error, store.RefusalOf(key)), Is.EqualTo((TrainctlError.UnsafeKey, "the key begins with '/', and the AWS SDK cannot send such a key where the bucket is part of the path")));
    }

    private static readonly Uri Elsewhere = new("http://127.0.0.1:1");

    [TestCase("b", "a")]
    [TestCase("a", "a")]
    [TestCase("%F0%9F%98%80", "%EF%BD%9E")]
    public async Task A_listing_that_is_out_of_order_fails(string first, string second)
    {
        using var client = new ScriptedClient();
        client.Pages.Enqueue(ScriptedClient.Page(null, first, second));

        Assert.That((await ListFailureAsync(client)).Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    [Test]
    public async Task A_listing_that_is_out_of_order_between_pages_fails()
    {
        using var client = new ScriptedClient();
        client.Pages.Enqueue(ScriptedClient.Page("next", "a", "c"));
        client.Pages.Enqueue(ScriptedClient.Page(null, "b"));

        Assert.That((await ListFailureAsync(client)).Message, Does.Contain("'b' after 'c'"));
    }

    [Test]
    public async Task A_listing_that_cannot_be_continued_fails()
    {
        using var client = new ScriptedClient();
        client.Pages.Enqueue(ScriptedClient.Page(isTruncated: true, null, "a"));

        Assert.That((await ListFailureAsync(client)).Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    [Test]
    public async Task A_listing_of_something_else_fails()
    {
        using var client = new ScriptedClient();
        client.Pages.Enqueue(ScriptedClient.Page(null, "other/a"));

        Assert.That((await ListFailureAsync(client, "s3://bucket/mine")).Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    [Test]
    public async Task A_key_that_is_no_text_is_reported_and_passed_over()
    {
        using var client = new ScriptedClient();
        client.Pages.Enqueue(ScriptedClient.Page(null, "a", "b%ff", "c"));
        var problems = new List<ListingProblem>();

        var keys = await KeysAsync(client.Open(), new ListRequest { OnProblem = problems.Add });

        Assert.That(keys, Is.EqualTo(["a", "c"]));
        Assert.That(problems.Single().Kind, Is.EqualTo(ListingProblemKind.InvalidName));
    }

    [Test]
    public async Task Errors_for_single_keys_inside_a_good_answer_are_told()
    {
        using var client = new ScriptedClient
        {
            OnDelete = static _ => [new DeleteError("p/b", "AccessDenied", "no"), new DeleteError("p/c", "NoSuchKey", null), new DeleteError("p/d", "InternalError", null)],
        };

        var outcomes = await client.Open("s3://bucket/p", Elsewhere).DeleteAsync([.. "abcd".Select(static c => new DeleteRequest(c.ToString()))]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.EqualTo(new TrainctlError?[] { null, TrainctlError.AccessDenied, null, null }));
        Assert.That(client.DeletedAlone, Is.EqualTo(["p/d"]), "a bad moment is waited out");
    }

    /// <summary>Somebody may have written it while the store was busy.</summary>
    [Test]
    public async Task What_was_seen_just_now_is_looked_at_again_when_its_deletion_is_repeated()
    {
        using var client = new ScriptedClient { OnDelete = static _ => [new DeleteError("b", "SlowDown", null)] };
        client.Server.Answer(HttpStatusCode.OK, ("ETag", "\"another\""));
        var seen = new StoredObject { Key = "b", Size = 1, ModifiedAt = DateTimeOffset.UnixEpoch, ETag = "e" };

        var outcomes = await client.Open(endpoint: Elsewhere).DeleteAsync(
            [.. "abc".Select(c => new DeleteRequest(c.ToString(), seen with { Key = c.ToString() }) { IsFresh = true })]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.EqualTo(new TrainctlError?[] { null, TrainctlError.Drift, null }));
        Assert.That(client.DeletedAlone, Is.Empty);
    }

    [Test]
    public async Task An_error_that_belongs_to_no_key_makes_none_count_as_deleted()
    {
        using var client = new ScriptedClient { OnDelete = static _ => [new DeleteError("?", "AccessDenied", null)] };

        var outcomes = await client.Open(endpoint: Elsewhere).DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b")]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Has.All.EqualTo(TrainctlError.AccessDenied));
    }

    [Test]
    public async Task A_bucket_that_is_gone_is_no_success()
    {
        using var client = new ScriptedClient { OnDelete = static _ => [new DeleteError("a", "NoSuchBucket", null)] };

        var outcomes = await client.Open(endpoint: Elsewhere).DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b")]);

        Assert.That(outcomes[0].Failure?.Error, Is.EqualTo(TrainctlError.StoreNotFound));
    }

    [Test]
    public async Task A_store_that_refuses_to_delete_many_gets_one_request_each()
    {
        using var client = new ScriptedClient { OnDelete = static _ => throw Answer("NotImplemented", HttpStatusCode.NotImplemented) };

        var outcomes = await client.Open(endpoint: Elsewhere).DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b")]);

        Assert.That(outcomes.Select(static o => o.Failure), Has.All.Null);
        Assert.That(client.DeletedAlone, Is.EquivalentTo(["a", "b"]));
    }

    [Test]
    public async Task Google_gets_one_request_each()
    {
        using var client = new ScriptedClient { OnDelete = static _ => throw new AssertionException("many at once") };

        await client.Open("gs://bucket", new Uri("https://storage.googleapis.com")).DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b")]);

        Assert.That(client.DeletedAlone, Is.EquivalentTo(["a", "b"]));
    }

    [Test]
    public async Task AWS_gets_a_CRC64_and_no_MD5()
    {
        using var client = new ScriptedClient();

        client.Server.Answer(HttpStatusCode.OK, ("ETag", "\"e\""));

        await client.Open().PutAsync("a", "123456789"u8.ToArray(), new PutOptions());

        var headers = client.Server.Requests.Single().Headers;
        Assert.That(headers["x-amz-checksum-crc64nvme"], Is.EqualTo("rosUhgp5mIg="));
        Assert.That(headers.Keys, Does.Not.Contain("content-md5"));
        Assert.That(headers["x-amz-content-sha256"], Is.EqualTo("UNSIGNED-PAYLOAD"), "the connection is encrypted");
    }

    [Test]
    public Task Without_encryption_the_content_is_signed() => AssertContentIsSignedAsync(Elsewhere);

    /// <summary>The signature proves the content, so an MD5 would be work for nothing.</summary>
    [Test]
    public Task With_encryption_it_is_signed_too_where_nobody_knows_that_the_service_does_without() => AssertContentIsSignedAsync(new Uri("https://store.example"));

    private static async Task AssertContentIsSignedAsync(Uri endpoint)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, ("ETag", "\"e\""));

        await client.Open(endpoint: endpoint).PutAsync("a", "x"u8.ToArray(), new PutOptions());

        var headers = client.Server.Requests.Single().Headers;
        Assert.That(headers["x-amz-content-sha256"], Is.EqualTo("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"));
        Assert.That(headers.Keys, Does.Not.Contain("content-md5"));
    }

    [Test]
    public async Task A_service_that_is_known_to_check_it_gets_an_MD5_and_a_wrong_ETag_is_a_mismatch()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, ("ETag", "\"00000000000000000000000000000000\""));

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() =>
            client.Open(endpoint: new Uri("https://account.r2.cloudflarestorage.com")).PutAsync("a", "x"u8.ToArray(), new PutOptions())))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
        var headers = client.Server.Requests.Single().Headers;
        Assert.That(headers["content-md5"], Is.EqualTo("ndTkYSaMgDT1yFZOFVxnpg=="));
        Assert.That(headers["x-amz-content-sha256"], Is.EqualTo("UNSIGNED-PAYLOAD"));
    }

    [TestCase("NoSuchBucket", 404, TrainctlError.StoreNotFound)]
    [TestCase("NoSuchKey", 404, TrainctlError.ObjectNotFound)]
    [TestCase("AccessDenied", 403, TrainctlError.AccessDenied)]
    [TestCase("Forbidden", 403, TrainctlError.AccessDenied)]
    [TestCase("InvalidAccessKeyId", 403, TrainctlError.CredentialsRejected)]
    [TestCase("SignatureDoesNotMatch", 403, TrainctlError.CredentialsRejected)]
    [TestCase("ExpiredToken", 400, TrainctlError.CredentialsRejected)]
    [TestCase("RequestTimeTooSkewed", 403, TrainctlError.CredentialsRejected, "clock")]
    [TestCase("PermanentRedirect", 301, TrainctlError.StoreRejected, "AWS_REGION")]
    [TestCase("AuthorizationHeaderMalformed", 400, TrainctlError.StoreRejected, "AWS_REGION")]
    [TestCase("InvalidObjectState", 403, TrainctlError.AccessDenied, "restore it first")]
    [TestCase("PreconditionFailed", 412, TrainctlError.ChangedDuringTransfer)]
    [TestCase("BadDigest", 400, TrainctlError.ChecksumMismatch)]
    [TestCase("QuotaExceeded", 403, TrainctlError.WriteFailed)]
    [TestCase("SlowDown", 503, TrainctlError.StoreUnavailable)]
    [TestCase("", 502, TrainctlError.StoreUnavailable)]
    [TestCase("SomethingNew", 409, TrainctlError.StoreRejected)]
    public void Each_answer_has_one_meaning(string code, int status, TrainctlError error, string advice = "")
    {
        var failure = S3Errors.Translate(Answer(code, (HttpStatusCode)status), Call());

        Assert.That(failure.Error, Is.EqualTo(error));
        Assert.That(failure.Message, Does.StartWith("Reading 's3://bucket/a' failed: the store answered HTTP " + status).And.Contain(advice).And.Contain("REQ1"));
    }

    [Test]
    public void What_was_signed_is_not_repeated()
    {
        var answer = new AmazonS3Exception("<StringToSign>AWS4 abc</StringToSign>", ErrorType.Sender, "SignatureDoesNotMatch", "REQ1", HttpStatusCode.Forbidden);

        Assert.That(S3Errors.Translate(answer, Call()).Message, Does.Not.Contain("StringToSign"));
    }

    private static S3Call Call() => new("Reading", ObjectUrl.Parse("s3://bucket/a"), "a", ScriptedClient.Connection(Elsewhere));

    private static AmazonS3Exception Answer(string code, HttpStatusCode status) => new("", ErrorType.Sender, code, "REQ1", status);

    private static async Task<TrainctlException> ListFailureAsync(ScriptedClient client, string url = "s3://bucket") =>
        (await Assert.ThrowsAsync<TrainctlException>(() => KeysAsync(client.Open(url), new ListRequest())))!;

    private static async Task<List<string>> KeysAsync(IObjectStore store, ListRequest request)
    {
        var keys = new List<string>();
        await foreach (var item in store.ListAsync(request))
            keys.Add(item.Key);
        return keys;
    }
}
