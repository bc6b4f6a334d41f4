using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Review;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

public sealed class ReviewOnS3Tests
{
    [Test]
    public async Task Hidden_versions_and_unfinished_uploads_count_toward_the_budget()
    {
        await using var bucket = await TestBucket.CreateAsync(ServerAbility.Versions | ServerAbility.UploadListing);
        await bucket.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = bucket.Name, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        using var folder = new TemporaryFolder();
        HuggingFaceRun.Write(folder, "run", 5);
        HuggingFaceRun.Write(folder, "run", 6);
        var engine = new TrainctlEngine(bucket.Host(folder));
        await engine.UploadCheckpointsAsync(new() { Source = "run", Destination = bucket.Url("run") });
        await engine.PruneCheckpointsAsync(new() { Location = bucket.Url("run"), KeepLast = 1 });
        await bucket.Client.InitiateMultipartUploadAsync(bucket.Name, "run/checkpoint-7/model.safetensors");

        var report = await engine.ReviewArtifactsAsync(new() { Location = bucket.Url("run"), MaxTotalBytes = 0 });

        var here = report.Kinds.Sum(static k => k.Bytes);
        Assert.Multiple(() =>
        {
            Assert.That(report.Leftovers, Is.Not.Null);
            Assert.That((report.Leftovers!.IsVersioned, report.Leftovers.HiddenVersions, report.Leftovers.UnfinishedUploads), Is.EqualTo((true, 4L, 1L)));
            Assert.That(report.Leftovers.HiddenBytes, Is.EqualTo(here).Within(20), "one checkpoint of two is hidden");
            Assert.That(report.FailedGates.Single(), Does.EndWith("over the budget of 0 B"));
            Assert.That(report.ExitCode, Is.EqualTo(6));
        });
    }

    [Test]
    public async Task Duplicates_are_found_by_the_checksums_that_uploads_leave()
    {
        await using var bucket = await TestBucket.CreateAsync();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Combine("a.bin"), new byte[70_000]);
        File.WriteAllBytes(folder.Combine("b.bin"), new byte[70_000]);
        File.WriteAllBytes(folder.Combine("c.bin"), [.. new byte[69_999], 1]);
        var engine = new TrainctlEngine(bucket.Host(folder));
        await engine.SyncAsync(new() { Source = ".", Destination = bucket.Url() });

        var report = await engine.ReviewArtifactsAsync(new() { Location = bucket.Url(), FindDuplicates = true });

        Assert.That(report.Duplicates.Single().Keys, Is.EqualTo(new[] { "a.bin", "b.bin" }));
    }
}
