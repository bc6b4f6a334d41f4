using Amazon.S3.Model;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.S3.Tests;

/// <summary>What others had a real store keep with an object, after a copy of it.</summary>
public sealed class AttributesOnS3Tests
{
    [Test]
    public async Task A_copy_from_bucket_to_bucket_keeps_them([Values(5, (5 * 1024 * 1024) + 1)] int size)
    {
        using var folder = new TemporaryFolder();
        await using var bucket = await TestBucket.CreateAsync();
        var request = new PutObjectRequest { BucketName = bucket.Name, Key = "from/a.json", InputStream = new MemoryStream(new byte[size]), ContentType = "text/x-own" };
        request.Headers.CacheControl = "max-age=7";
        request.Headers.ContentDisposition = "attachment; filename=\"a b\"";
        request.Headers.ContentEncoding = "gzip";
        request.Metadata.Add("own", "mine,  and  others'");
        await bucket.Client.PutObjectAsync(request);

        var report = await new TrainctlEngine(bucket.Host(folder)).SyncAsync(new SyncSettings
        {
            Source = bucket.Url("from").ToString(),
            Destination = bucket.Url("to").ToString(),
            Transfer = new() { PartSizeBytes = 5 * 1024 * 1024 },
        });

        Assert.That(report.ExitCode, Is.Zero);
        var there = await bucket.Client.GetObjectMetadataAsync(bucket.Name, "to/a.json");
        Assert.That(there.Headers.ContentType, Is.EqualTo("text/x-own"));
        Assert.That(there.Headers.CacheControl, Is.EqualTo("max-age=7"));
        Assert.That(there.Headers.ContentDisposition, Is.EqualTo("attachment; filename=\"a b\""));
        Assert.That(there.Headers.ContentEncoding, Does.Contain("gzip").And.Not.Contain("aws-chunked"));
        Assert.That(there.Metadata["own"], Is.EqualTo("mine,  and  others'"));
        Assert.That(there.Metadata["mtime"], Is.Not.Empty);
    }
}
