using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>What buckets keep besides their current objects.</summary>
public sealed class BucketStoreTests
{
    private const string OddKey = "run 1/ü+%#?&=;{}🚀/model.pt";

    [Test]
    public async Task A_bucket_without_versioning_says_so_and_hides_nothing()
    {
        await using var bucket = await TestBucket.CreateAsync();
        await using var store = bucket.OpenBucket("run");
        await PutAsync(store, "a", 3);
        await store.DeleteAsync([new DeleteRequest("a")]);

        Assert.That(await store.IsVersionedAsync(), Is.False);
        if ((await S3TestServer.AbilitiesAsync(bucket.Endpoint)).HasFlag(ServerAbility.Versions))
            Assert.That(await store.ListHiddenVersionsAsync().CountAsync(), Is.Zero);
        else
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(async () => await store.ListHiddenVersionsAsync().CountAsync()))!.Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    [Test]
    public async Task Hidden_versions_are_those_behind_the_current_ones_and_all_delete_markers()
    {
        await using var bucket = await TestBucket.CreateAsync(ServerAbility.Versions);
        await MakeVersionedAsync(bucket);
        await using var store = bucket.OpenBucket("run");
        await using var beside = bucket.OpenBucket("run2");
        await PutAsync(store, "kept", 1);
        await PutAsync(store, "kept", 2);
        await PutAsync(store, OddKey, 5);
        await PutAsync(beside, "other", 1);
        await PutAsync(beside, "other", 1);
        await store.DeleteAsync([new DeleteRequest(OddKey)]);

        var hidden = await store.ListHiddenVersionsAsync().ToListAsync();
        var outcomes = await store.DeleteVersionsAsync(hidden);
        var again = await store.DeleteVersionsAsync(hidden);

        Assert.That(await store.IsVersionedAsync(), Is.True);
        Assert.That(hidden.Select(static v => (v.Key, v.IsDeleteMarker, v.IsCurrent, v.Size)), Is.EquivalentTo(new[]
        {
            ("kept", false, false, 1L), (OddKey, true, true, 0L), (OddKey, false, false, 5L),
        }));
        Assert.That(outcomes.Concat(again).Select(static o => o.Failure), Is.All.Null);
        Assert.That(await store.ListHiddenVersionsAsync().CountAsync(), Is.Zero);
        Assert.That((await store.HeadAsync("kept"))!.Size, Is.EqualTo(2));
        Assert.That(await beside.ListHiddenVersionsAsync().CountAsync(), Is.EqualTo(1));
    }

    /// <summary>While versioning is suspended a write replaces the version that has no name of its own, and is current then.</summary>
    [TestCase(false, Description = "another version hid it")]
    [TestCase(true, Description = "a deletion hid it")]
    public async Task A_hidden_version_that_a_write_has_replaced_is_not_deleted(bool isDeleted)
    {
        await using var bucket = await TestBucket.CreateAsync(ServerAbility.Versions);
        await using var store = bucket.OpenBucket("run");
        await PutAsync(store, "a", 1);
        await PutAsync(store, "b", 1);
        await PutAsync(store, "a more", 1);
        await MakeVersionedAsync(bucket);
        foreach (var key in (string[])["a", "b"])
        {
            if (isDeleted)
                await store.DeleteAsync([new DeleteRequest(key)]);
            else
                await PutAsync(store, key, 2);
        }

        await MakeVersionedAsync(bucket, VersionStatus.Suspended);
        var hidden = await store.ListHiddenVersionsAsync().Where(static v => v.VersionId == "null").ToListAsync();
        await PutAsync(store, "a", 3);

        var outcomes = await store.DeleteVersionsAsync(hidden);

        Assert.That(hidden.Select(static v => v.Key), Is.EqualTo(["a", "b"]));
        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.EqualTo(new TrainctlError?[] { TrainctlError.Drift, null }));
        Assert.That((await store.HeadAsync("a"))?.Size, Is.EqualTo(3));
        Assert.That(await store.ListHiddenVersionsAsync().AnyAsync(static v => v.Key == "b" && v.VersionId == "null"), Is.False);
    }

    [Test]
    public async Task More_hidden_versions_than_fit_on_a_page_are_all_listed()
    {
        await using var bucket = await TestBucket.CreateAsync(ServerAbility.Versions);
        await MakeVersionedAsync(bucket);
        await using var store = bucket.OpenBucket("run");
        await Parallel.ForAsync(0, 505, async (i, token) => await PutAsync(store, $"key {i}", 1));
        await store.DeleteAsync([.. Enumerable.Range(0, 505).Select(static i => new DeleteRequest($"key {i}"))]);

        var hidden = await store.ListHiddenVersionsAsync().ToListAsync();

        Assert.That(hidden.Select(static v => (v.Key, v.VersionId)).Distinct().Count(), Is.EqualTo(1010));
    }

    [Test]
    public async Task Unfinished_uploads_are_listed_with_their_parts_and_removed()
    {
        await using var bucket = await TestBucket.CreateAsync(ServerAbility.UploadListing);
        await using var store = bucket.OpenBucket("run");
        await BeginAsync(bucket, "run/" + OddKey, 2);
        await BeginAsync(bucket, "run/empty", 0);
        await BeginAsync(bucket, "run2/other", 1);

        var uploads = await store.ListUnfinishedUploadsAsync().ToListAsync();
        foreach (var upload in uploads.Concat(uploads))
            await store.AbortUploadAsync(upload);

        Assert.That(uploads.Select(static u => (u.Key, u.Bytes)), Is.EquivalentTo(new[] { (OddKey, 2L * 5 * 1024 * 1024), ("empty", 0L) }));
        Assert.That(uploads.Select(static u => u.StartedAt), Is.All.EqualTo(DateTimeOffset.UtcNow).Within(TimeSpan.FromMinutes(5)));
        Assert.That(await store.ListUnfinishedUploadsAsync().CountAsync(), Is.Zero);
        Assert.That((await bucket.Client.ListMultipartUploadsAsync(bucket.Name)).MultipartUploads, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task More_unfinished_uploads_than_fit_on_a_page_are_all_listed()
    {
        await using var bucket = await TestBucket.CreateAsync(ServerAbility.UploadListing);
        await using var store = bucket.OpenBucket("run");
        await Parallel.ForAsync(0, 1001, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) => await BeginAsync(bucket, $"run/key {i % 400}", 0));

        Assert.That(await store.ListUnfinishedUploadsAsync().Select(static u => u.UploadId).Distinct().CountAsync(), Is.EqualTo(1001));
    }

    [Test]
    public async Task Tags_are_read()
    {
        await using var bucket = await TestBucket.CreateAsync(ServerAbility.Tags);
        await using var store = bucket.OpenBucket("run");
        await PutAsync(store, "plain", 1);
        await bucket.Client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket.Name, Key = "run/tagged", ContentBody = "x", TagSet = [new Tag { Key = "keep", Value = "ja ü" }],
        });

        Assert.That(await store.ReadTagsAsync("plain"), Is.Empty);
        Assert.That(await store.ReadTagsAsync("tagged"), Is.EqualTo(new Dictionary<string, string> { ["keep"] = "ja ü" }));
        var missing = await Assert.ThrowsAsync<TrainctlException>(() => store.ReadTagsAsync("missing"));
        Assert.That(missing!.Error, Is.EqualTo(TrainctlError.ObjectNotFound));
    }

    private static Task<StoredObject> PutAsync(IObjectStore store, string key, int bytes) => store.PutAsync(key, new byte[bytes], new PutOptions());

    private static Task<PutBucketVersioningResponse> MakeVersionedAsync(TestBucket bucket, VersionStatus? status = null) => bucket.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
    {
        BucketName = bucket.Name, VersioningConfig = new S3BucketVersioningConfig { Status = status ?? VersionStatus.Enabled },
    });

    private static async Task BeginAsync(TestBucket bucket, string key, int parts)
    {
        var upload = await bucket.Client.InitiateMultipartUploadAsync(bucket.Name, key);
        for (var i = 1; i <= parts; i++)
        {
            await bucket.Client.UploadPartAsync(new UploadPartRequest
            {
                BucketName = bucket.Name, Key = key, UploadId = upload.UploadId, PartNumber = i, InputStream = new MemoryStream(new byte[5 * 1024 * 1024]),
            });
        }
    }
}
