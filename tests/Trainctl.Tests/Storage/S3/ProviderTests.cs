using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Who made a service, and how it is asked.</summary>
public sealed class ProviderTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };

    private static readonly StoredObject Seen = new() { Key = "b", Size = 0, ModifiedAt = DateTimeOffset.UnixEpoch, ETag = "e" };

    [Test]
    public void Each_provider_has_one_profile() =>
        Assert.That(ProviderProfile.All.Select(static p => p.Id), Is.EquivalentTo(Enum.GetValues<StoreProvider>()));

    [TestCase(StoreProvider.Minio, "Server", "MinIO")]
    [TestCase(StoreProvider.Minio, "Server", "MinIO/RELEASE.2020-01-03T19-12-21Z")]
    [TestCase(StoreProvider.Minio, "x-minio-deployment-id", "0c5e2a3b")]
    [TestCase(StoreProvider.Ceph, "Server", "Ceph Object Gateway (squid)")]
    [TestCase(StoreProvider.Ceph, "x-amz-request-id", "tx000007c9d0d6dd4f0a7e1-0065a1b2c3-1037-default")]
    [TestCase(StoreProvider.Ceph, "x-amz-request-id", "tx00000000000000000000a-005f3b1a2c-4d2e-eu-west-1")]
    [TestCase(StoreProvider.Ceph, "x-rgw-object-type", "Normal")]
    [TestCase(StoreProvider.Seaweedfs, "Server", "SeaweedFS 30GB 3.88")]
    [TestCase(StoreProvider.Seaweedfs, "Server", "SeaweedFS S3")]
    [TestCase(StoreProvider.Gcs, "Server", "UploadServer")]
    [TestCase(StoreProvider.Gcs, "x-guploader-uploadid", "ABPtcPq")]
    [TestCase(StoreProvider.Other, "Server", "VERSITYGW")]
    public void An_answer_tells_who_gave_it(StoreProvider provider, string name, string value) => Assert.That(Recognised(name, value), Is.EqualTo(provider));

    [TestCase("Server", "AmazonS3", TestName = "Many call themselves so")]
    [TestCase("cf-ray", "8a1b2c3d4e5f-FRA", TestName = "Cloudflare stands before any service")]
    [TestCase("Server", "cloudflare")]
    [TestCase("Server", "nginx/1.25 (MinIO)")]
    [TestCase("x-amz-request-id", "tx5f3e7a6d0c0f4b1e9d2a1-005f3b1a2c", TestName = "Swift's numbers of requests are shorter than Ceph's")]
    [TestCase("x-amz-request-id", "17A5B3C2D1E0F9A8")]
    public void Other_answers_tell_nothing(string name, string value) => Assert.That(Recognised(name, value), Is.Null);

    /// <summary>What a service is recognised as may change in the middle of an upload, which must not change how the upload is proven.</summary>
    [Test]
    public void Those_that_answers_tell_of_prove_content_in_the_same_way() =>
        Assert.That(((ProviderProfile[])[ProviderProfile.Minio, ProviderProfile.Ceph, ProviderProfile.Seaweedfs, ProviderProfile.Gcs, ProviderProfile.Versity]).Select(static p => (p.TakesCrc64, p.PathStyle)),
            Has.All.EqualTo((ProviderProfile.Other.TakesCrc64, ProviderProfile.Other.PathStyle)));

    [Test]
    public void The_first_answer_counts_for_every_connection_to_the_same_place()
    {
        var connection = Resolve(new() { EndpointUrl = new("http://learnt.example:1234") });
        var bucketInHost = Resolve(new() { EndpointUrl = new("http://learnt.example:1234"), PathStyle = false });
        using var answer = Answer("Server", "MinIO");

        ProviderRecognition.Learn("learnt.example:1234", answer.Headers);

        Assert.That((connection.Provider, bucketInHost.Provider), Is.EqualTo((ProviderProfile.Minio, ProviderProfile.Other)));
        Assert.That(Resolve(new() { EndpointUrl = new("http://learnt.example:1234") }).Provider, Is.EqualTo(ProviderProfile.Minio));
        ProviderRecognition.Learn("bucket.learnt.example:1234", answer.Headers);
        Assert.That(bucketInHost.Provider, Is.EqualTo(ProviderProfile.Minio));
    }

    [Test]
    public void A_setting_goes_before_the_address_and_answers()
    {
        using var answer = Answer("Server", "MinIO");
        ProviderRecognition.Learn("set.example", answer.Headers);

        Assert.Multiple(() =>
        {
            Assert.That(Resolve(new() { EndpointUrl = new("http://set.example"), Provider = StoreProvider.Ceph }).Provider, Is.EqualTo(ProviderProfile.Ceph));
            Assert.That(Resolve(new() { EndpointUrl = new("http://set.example"), Provider = StoreProvider.Aws }).PathStyle, Is.False);
            Assert.That(Resolve(new() { EndpointUrl = new("https://x.r2.cloudflarestorage.com"), Provider = StoreProvider.Other }).Provider, Is.EqualTo(ProviderProfile.Other));
            Assert.That(Resolve(new() { Provider = StoreProvider.Ceph }, "gs://bucket").Provider, Is.EqualTo(ProviderProfile.Gcs));
            Assert.That(Resolve(new() { Provider = StoreProvider.Aws }).Endpoint, Is.Null);
        });
    }

    /// <summary>Versity's gateway stores <c>a//b</c> over <c>a/b</c>, also where it was said to be like AWS, whose checksums it knows.</summary>
    [TestCase(null)]
    [TestCase(StoreProvider.Aws)]
    [TestCase(StoreProvider.Ceph)]
    public async Task A_service_that_keeps_objects_as_files_is_not_asked_for_a_key_that_it_takes_for_another(StoreProvider? given)
    {
        var endpoint = new Uri($"http://{given?.ToString() ?? "none"}.versity.example:7070");
        using var client = new ScriptedClient { Server = new ScriptedServer().Answer(HttpStatusCode.OK, ("etag", "\"e\"")) };
        // The answer comes with the first request; nothing is known before it.
        client.Server.OnRequest = (_, _) =>
        {
            using var answer = Answer("Server", "VERSITYGW");
            ProviderRecognition.Learn(endpoint.Authority, answer.Headers);
            return Task.CompletedTask;
        };
        await using var store = client.Open(endpoint: endpoint, change: _ => Resolve(new() { EndpointUrl = endpoint, Provider = given, PathStyle = true }));

        foreach (var key in (string[])["a//b", "a/./b", "x/../a/b"])
        {
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => store.PutAsync(key, "wrong"u8.ToArray(), new PutOptions())))!.Error, Is.EqualTo(TrainctlError.UnsafeKey));
            Assert.That((await store.DeleteAsync([new DeleteRequest(key)])).Single().Failure?.Error, Is.EqualTo(TrainctlError.UnsafeKey));
            Assert.That(await store.HeadAsync(key), Is.Null);
        }

        Assert.That(client.Sent.Select(static r => (r.Method, r.Url)), Is.EqualTo(new[] { ("HEAD", client.Sent.First().Url) }), "the bucket is looked at, once");
        await store.PutAsync("line\nbreak", "kept"u8.ToArray(), new PutOptions());
    }

    [Test]
    public void A_provider_without_an_address_is_not_looked_for_at_AWS()
    {
        var failure = Assert.Throws<TrainctlException>(() => Resolve(new() { Provider = StoreProvider.Ceph }))!;

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "Provider")));
    }

    [Test]
    public void Content_is_signed_where_the_connection_or_the_service_asks_for_it() => Assert.Multiple(() =>
    {
        Assert.That(Resolve(new()).IsPayloadUnsigned, Is.True);
        Assert.That(Resolve(new() { EndpointUrl = new("https://any.example") }).IsPayloadUnsigned, Is.False);
        Assert.That(Resolve(new() { EndpointUrl = new("https://any.example"), Provider = StoreProvider.R2 }).IsPayloadUnsigned, Is.True);
        Assert.That(Resolve(new() { EndpointUrl = new("http://any.example"), Provider = StoreProvider.R2 }).IsPayloadUnsigned, Is.False);
        Assert.That(Resolve(new() { EndpointUrl = new("https://any.example"), Provider = StoreProvider.Ceph }).IsPayloadUnsigned, Is.False);
    });

    [TestCase(null, "\"e\"")]
    [TestCase("http://any.example", null)]
    public async Task Where_the_store_certainly_has_conditions_an_object_is_deleted_only_as_it_was_seen(string? endpoint, string? condition)
    {
        using var client = new ScriptedClient { Server = AsSeen() };
        var store = client.Open(endpoint: endpoint is null ? null : new Uri(endpoint));

        await store.DeleteAsync([new DeleteRequest("a")]);
        await store.DeleteAsync([new DeleteRequest("b", Seen)]);

        Assert.That(client.Conditions, Is.EqualTo(new[] { ("a", null), ("b", condition) }));
    }

    [Test]
    public async Task An_object_that_changes_at_the_last_moment_is_kept_and_told()
    {
        using var client = new ScriptedClient { Server = AsSeen(), Refusal = new AmazonS3Exception("", ErrorType.Sender, "PreconditionFailed", "", HttpStatusCode.PreconditionFailed) };

        var outcomes = await client.Open().DeleteAsync([new DeleteRequest("b", Seen)]);

        Assert.That(outcomes.Single().Failure?.Error, Is.EqualTo(TrainctlError.Drift));
    }

    private static ScriptedServer AsSeen() => new ScriptedServer().Answer(HttpStatusCode.OK, ("etag", "\"e\""), ("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT"));

    private static StoreProvider? Recognised(string name, string value)
    {
        using var answer = Answer(name, value);
        return ProviderRecognition.Of(answer.Headers)?.Id;
    }

    private static HttpResponseMessage Answer(string name, string value)
    {
        var answer = new HttpResponseMessage();
        answer.Headers.TryAddWithoutValidation(name, value);
        return answer;
    }

    private static S3Connection Resolve(StoreSettings settings, string url = "s3://bucket/p") => S3Connection.Resolve(ObjectUrl.Parse(url), settings, Host);
}
