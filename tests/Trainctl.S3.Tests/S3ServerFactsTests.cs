using Amazon.S3.Model;
using Trainctl.Storage;
using Trainctl.Testing.S3;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>What the store leaves on the server, seen through the plain SDK.</summary>
public sealed class S3ServerFactsTests
{
    private static readonly DateTimeOffset Time = new(new DateTime(2023, 11, 14, 22, 13, 20, DateTimeKind.Utc).AddTicks(1234567));

    private TestBucket _bucket = null!;
    private IObjectStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _store = _bucket.Open();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task Metadata_has_the_names_and_the_form_that_rclone_reads()
    {
        var content = "content"u8.ToArray();
        var options = new PutOptions { ContentModifiedAt = Time, Checksum = Crc64.Of(content) };
        await _store.PutAsync("put", content, options);
        await using (var write = await _store.BeginMultipartAsync("parts", content.Length, options))
        {
            await write.WritePartAsync(1, 0, content);
            await write.CompleteAsync(Crc64.Of(content));
        }

        foreach (var key in (string[])["put", "parts"])
        {
            var head = await _bucket.Client.GetObjectMetadataAsync(_bucket.Name, key);
            Assert.That(head.Metadata["x-amz-meta-mtime"], Is.EqualTo("1700000000.1234567"), key);
            Assert.That(head.Metadata["x-amz-meta-trainctl-checksum"], Is.EqualTo(Crc64.Of(content).ToString()), key);
        }
    }

    [Test]
    public async Task Metadata_of_rclone_is_read()
    {
        var request = new PutObjectRequest { BucketName = _bucket.Name, Key = "a", ContentBody = "x", UseChunkEncoding = false };
        request.Metadata.Add("mtime", "1700000000.123456789");
        await _bucket.Client.PutObjectAsync(request);

        Assert.That((await _store.HeadAsync("a"))!.ContentModifiedAt, Is.EqualTo(Time));
    }

    [Test]
    public async Task Head_knows_the_MD5_of_a_whole_object()
    {
        await _store.PutAsync("put", "content"u8.ToArray(), new PutOptions());

        Assert.That((await _store.HeadAsync("put"))!.ContentMd5, Is.EqualTo("9a0364b9e99bb480dd25e1f0284c8555"));
    }

    [Test]
    public async Task A_store_at_a_prefix_sees_its_own_objects_only()
    {
        await S3TestServer.RequireAsync(ServerAbility.AnyKey);
        foreach (var key in (string[])["p/a", "p/b/c", "p", "p-1", "pp/x", "p/"])
            await _bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = key, ContentBody = key, UseChunkEncoding = false });
        await using var below = _bucket.Open("p");
        await using var slash = _bucket.Open("p/");

        Assert.That(await KeysAsync(_store), Is.EqualTo(["p", "p-1", "p/", "p/a", "p/b/c", "pp/x"]));
        Assert.That(await KeysAsync(below), Is.EqualTo(["a", "b/c"]));
        Assert.That(await KeysAsync(slash), Is.EqualTo(["a", "b/c"]));
        Assert.That(below.Root.ToString(), Is.EqualTo($"s3://{_bucket.Name}/p"));
    }

    /// <summary>A parser of XML takes the end of a line for another one's: the objects of one prefix would go for those of the other.</summary>
    [Test]
    public async Task A_store_at_a_prefix_that_XML_cannot_hold_deletes_its_own_objects_only()
    {
        await S3TestServer.RequireAsync(ServerAbility.AnyKey);
        await using var odd = _bucket.Open("a\rb");
        foreach (var key in (string[])["a\nb/x", "a\nb/y", "a\rb/x", "a\rb/y"])
            await _store.PutAsync(key, "x"u8.ToArray(), new PutOptions());

        var outcomes = await odd.DeleteAsync([new DeleteRequest("x"), new DeleteRequest("y")]);

        Assert.That(outcomes.Select(static o => o.Failure), Is.All.Null);
        Assert.That(await KeysAsync(_store), Is.EqualTo(["a\nb/x", "a\nb/y"]));
    }

    [Test]
    public async Task A_key_of_1024_bytes_is_taken_and_one_more_refused()
    {
        var longest = string.Join('/', Enumerable.Repeat(new string('k', 204), 5));
        await _store.PutAsync(longest, "x"u8.ToArray(), new PutOptions());

        Assert.That(await KeysAsync(_store), Is.EqualTo([longest]));
        Assert.That(longest, Has.Length.EqualTo(1024));
        Assert.That(_store.RefusalOf(longest + "k"), Does.Contain("1025 bytes"));
    }

    [Test]
    public async Task Listing_goes_on_behind_a_page_that_ends_with_an_odd_key()
    {
        await S3TestServer.RequireAsync(ServerAbility.AnyKey);
        var keys = Enumerable.Range(1, 999).Select(static i => $"a{i:d4}").Append("b \u0001+%&<\n\U0001F600").Append("c").ToList();
        await Parallel.ForEachAsync(
            keys, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (key, token) => await _store.PutAsync(key, new byte[1], new PutOptions(), token));

        Assert.That(await KeysAsync(_store), Is.EqualTo(keys));
    }

    [Test]
    public async Task A_key_that_begins_with_a_slash_is_not_written_at_the_root_of_a_bucket_and_can_be_asked_for()
    {
        await S3TestServer.RequireAsync(ServerAbility.AnyKey);
        Assert.That(_store.RefusalOf("/a"), Does.Contain("begins with '/'"));
        Assert.That(await _store.HeadAsync("/a"), Is.Null);

        await using var below = _bucket.Open("p");
        await below.PutAsync("/a", "x"u8.ToArray(), new PutOptions());
        Assert.That(await KeysAsync(_store), Is.EqualTo(["p//a"]));
    }

    [Test]
    public async Task In_a_versioned_bucket_versions_are_told_and_deleting_only_hides()
    {
        await S3TestServer.RequireAsync(ServerAbility.Versions);
        await _bucket.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = _bucket.Name,
            VersioningConfig = new S3BucketVersioningConfig { Status = Amazon.S3.VersionStatus.Enabled },
        });
        var first = await _store.PutAsync("a", "first"u8.ToArray(), new PutOptions());
        var second = await _store.PutAsync("a", "second"u8.ToArray(), new PutOptions());

        Assert.That((await _store.HeadAsync("a"))!.VersionId, Is.EqualTo(second.VersionId).And.Not.EqualTo(first.VersionId).And.Not.Null);
        Assert.That((await _store.DeleteAsync([new DeleteRequest("a", second), new DeleteRequest("b")])).Select(static o => o.Failure), Has.All.Null);
        Assert.That(await KeysAsync(_store), Is.Empty);
        Assert.That(await _store.HeadAsync("a"), Is.Null);
        var versions = (await _bucket.Client.ListVersionsAsync(new ListVersionsRequest { BucketName = _bucket.Name })).Versions;
        Assert.That(versions.Count(static v => v.IsDeleteMarker != true && v.Key == "a"), Is.EqualTo(2));
    }

    [Test]
    public async Task Parts_that_arrive_while_the_upload_is_aborted_leave_nothing()
    {
        var content = new byte[8 * 1024 * 1024];
        var write = await _store.BeginMultipartAsync("a", content.Length * 8L, new PutOptions());
        using var source = new CancellationTokenSource();
        var parts = Enumerable.Range(1, 8).Select(i => write.WritePartAsync(i, (i - 1) * (long)content.Length, content, source.Token)).ToList();
        await Task.WhenAny(parts);
        await source.CancelAsync();
        await write.DisposeAsync();
        await Task.WhenAll(parts).ContinueWith(static _ => { }, TaskScheduler.Default);

        Assert.That(await _bucket.UnfinishedUploadsAsync("a"), Is.Zero);
        Assert.That(await KeysAsync(_store), Is.Empty);
    }

    private static async Task<List<string>> KeysAsync(IObjectStore store)
    {
        var keys = new List<string>();
        await foreach (var item in store.ListAsync(new ListRequest()))
            keys.Add(item.Key);
        return keys;
    }
}
