using Amazon.S3;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>Downloads that a run has stopped, and the run that comes after it.</summary>
public sealed class DownloadResumingTests : DownloadFixture
{
    [Test]
    public async Task What_has_come_before_a_cancellation_is_not_fetched_again()
    {
        await Scene.DownloadUntilAsync(part: 4);
        Assert.That(Scene.Folder.Files("back"), Has.Length.EqualTo(2).And.All.EndsWith(".tmp"), "the file and its journal");
        Assert.That(Scene.Said, Does.Contain("Info:").And.Contain("the next run goes on with them"), "what is left behind is told");

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 4", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task What_has_come_is_not_fetched_again_on_another_day_either()
    {
        await Scene.DownloadUntilAsync(part: 4);
        Scene.Time = new LaterClock(TimeSpan.FromDays(6));

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 4", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task What_has_come_before_the_store_was_lost_is_not_fetched_again()
    {
        Scene.Fails = line => line.StartsWith("GET", StringComparison.Ordinal) && Scene.LastRequest == "GET 4";
        var lost = await Scene.DownloadAsync();
        Assert.That(lost.ExitCode, Is.EqualTo(1), lost.Describe().ToString());
        Assert.That(Scene.Said, Does.Contain("the next run goes on with them"));
        Scene.Fails = static _ => false;
        Scene.Requests();

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 4", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task Without_a_state_directory_nothing_outlives_the_run()
    {
        Scene.State = null;

        await Scene.DownloadUntilAsync(part: 4);

        await Scene.AssertNothingLeftAsync();
    }

    [Test]
    public async Task An_object_that_changed_is_fetched_anew()
    {
        await Scene.DownloadUntilAsync(part: 4);
        Content = await ReplaceAsync(seed: 2);

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
        await AssertWholeAsync(report);
    }

    /// <summary>The same bytes of the same time, written once more: in other parts, so that the ETag is another one, or as a new version.</summary>
    [TestCase(2, false)]
    [TestCase(1, true)]
    public async Task An_object_that_was_written_again_with_the_same_bytes_is_fetched_anew(int factor, bool isVersioned)
    {
        if (isVersioned)
        {
            await S3TestServer.RequireAsync(ServerAbility.Versions);
            await Scene.Bucket.Client.PutBucketVersioningAsync(new() { BucketName = Scene.Bucket.Name, VersioningConfig = new() { Status = VersionStatus.Enabled } });
        }

        Content = Scene.Write("big", Content.Length, seed: 1);
        await Scene.UploadAsync();
        var before = await HeadAsync();
        await Scene.DownloadUntilAsync(part: 4);
        var transfer = Scene.Transfer;
        Scene.Transfer = transfer with { PartSizeBytes = factor * PartedScene.PartSize };
        await Scene.Bucket.Client.DeleteObjectAsync(Scene.Bucket.Name, "to/big");
        await Scene.UploadAsync();
        Scene.Transfer = transfer;
        Scene.Requests();
        var after = await HeadAsync();

        var report = await Scene.DownloadAsync();

        Assert.That((after.Size, after.Checksum, after.ContentModifiedAt), Is.EqualTo((before.Size, before.Checksum, before.ContentModifiedAt)));
        Assert.That((after.ETag != before.ETag, after.VersionId != before.VersionId), Is.EqualTo((!isVersioned, isVersioned)));
        Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
        await AssertWholeAsync(report, "big");

        async Task<Storage.StoredObject> HeadAsync()
        {
            await using var store = Scene.Bucket.Open("to");
            return (await store.HeadAsync("big"))!;
        }
    }

    [Test]
    public async Task A_part_that_is_damaged_on_the_disk_is_fetched_again()
    {
        await Scene.DownloadUntilAsync(part: 4);
        await using (var file = File.OpenWrite(Partial()))
        {
            file.Position = PartedScene.PartSize + 12345;
            file.WriteByte((byte)(Content[PartedScene.PartSize + 12345] ^ 1));
        }

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 2", "GET 4", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_file_of_which_a_loss_of_power_took_the_end_is_fetched_from_there_on()
    {
        await Scene.DownloadUntilAsync(part: 4);
        await using (var file = File.OpenWrite(Partial()))
            file.SetLength(PartedScene.PartSize + 5);

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 2", "GET 3", "GET 4", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_file_that_is_gone_begins_anew()
    {
        await Scene.DownloadUntilAsync(part: 4);
        File.Delete(Partial());

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
        await AssertWholeAsync(report);
    }

    [TestCase(2)]
    [TestCase(16)]
    public async Task A_download_goes_on_with_the_parts_it_began_with(int factor)
    {
        await Scene.DownloadUntilAsync(part: 4);
        Scene.Transfer = Scene.Transfer with { PartSizeBytes = factor * PartedScene.PartSize };

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Has.Length.EqualTo(2), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task Two_runs_at_once_both_end_well()
    {
        await Scene.DownloadUntilAsync(part: 3);

        var reports = await Task.WhenAll(Scene.DownloadAsync(), Scene.DownloadAsync());

        Assert.That(reports[1].ExitCode, Is.Zero);
        await AssertWholeAsync(reports[0]);
    }

    [Test]
    public async Task What_is_wrong_in_the_end_is_not_kept_and_fetched_anew()
    {
        await Scene.DownloadUntilAsync(part: 4);
        // The journal and the file agree, and neither is what the store has.
        var part = new byte[PartedScene.PartSize];
        await using (var file = File.OpenWrite(Partial()))
            await file.WriteAsync(part);
        var lines = await File.ReadAllLinesAsync(Journal());
        lines[1] = System.Text.RegularExpressions.Regex.Replace(lines[1], "crc64nvme:[0-9a-f]{16}", Trainctl.Transfer.Crc64.Of(part).ToString());
        await File.WriteAllLinesAsync(Journal(), lines);

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Does.Contain("GET 1"), "the part that was proven by a false witness");
        await AssertWholeAsync(report);
    }
}
