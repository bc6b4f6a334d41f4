using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>Uploads that a run has stopped, and the run that comes after it.</summary>
public sealed class UploadResumingTests : UploadFixture
{
    [Test]
    public async Task What_was_sent_before_a_cancellation_is_not_sent_again()
    {
        var content = Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        Assert.That(Scene.States(), Has.Length.EqualTo(1));
        Assert.That(Scene.Said, Does.Contain("Info:").And.Contain("the next run goes on with them"), "what is left behind is told");

        var report = await Scene.UploadAsync();

        await AssertSentAsync(report, content, "PUT 4", "PUT 5");
    }

    [Test]
    public async Task What_was_sent_is_not_sent_again_on_another_day_either()
    {
        var content = Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        Scene.Time = new LaterClock(TimeSpan.FromDays(6));

        var report = await Scene.UploadAsync();

        await AssertSentAsync(report, content, "PUT 4", "PUT 5");
    }

    [Test]
    public async Task What_was_sent_before_the_store_was_lost_is_not_sent_again()
    {
        var content = Scene.Write("big", Size, 1);
        Scene.Fails = static line => line.Contains("partNumber=4", StringComparison.Ordinal);
        var lost = await Scene.UploadAsync();
        Assert.That(lost.ExitCode, Is.EqualTo(1), lost.Describe().ToString());
        Assert.That(Scene.Said, Does.Contain("the next run goes on with them"));
        Scene.Fails = static _ => false;
        Scene.Requests();

        var report = await Scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        // The server may have taken the part of which the answer was lost.
        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }).Or.EqualTo(new[] { "PUT 5" }), Scene.Said);
        Assert.That((await Scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_store_that_says_no_at_the_beginning_leaves_nothing_behind()
    {
        Scene.Write("big", Size, 1);
        Scene.Secret = "another";

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => Scene.UploadAsync()))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.CredentialsRejected));
        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_store_that_says_no_for_now_takes_nothing_away()
    {
        Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        Scene.Secret = "another";
        Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => Scene.UploadAsync()))!.Error, Is.EqualTo(TrainctlError.CredentialsRejected));
        Scene.Secret = null;
        Scene.Requests();

        var report = await Scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }), Scene.Said);
        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task Without_a_state_directory_nothing_outlives_the_run()
    {
        Scene.State = null;
        Scene.Write("big", Size, 1);

        await Scene.UploadUntilAsync(part: 3);

        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_source_that_changed_is_sent_anew_and_the_old_upload_is_gone()
    {
        var content = Scene.Write("big", Size, 1);
        var time = File.GetLastWriteTimeUtc(Scene.Folder.Combine("big"));
        await Scene.UploadUntilAsync(part: 4);
        // One byte, in a part that was sent, and nothing that a folder would tell.
        content[7] ^= 1;
        await File.WriteAllBytesAsync(Scene.Folder.Combine("big"), content);
        File.SetLastWriteTimeUtc(Scene.Folder.Combine("big"), time);

        var report = await Scene.UploadAsync();

        await AssertSentAsync(report, content, "PUT 1", "PUT 2", "PUT 3", "PUT 4", "PUT 5");
    }

    [Test]
    public async Task A_part_at_the_store_that_holds_something_else_is_sent_again()
    {
        var content = Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        var upload = (await Scene.UploadsAsync()).Single();
        await Scene.Bucket.Client.UploadPartAsync(new Amazon.S3.Model.UploadPartRequest
        {
            BucketName = Scene.Bucket.Name,
            Key = upload.Key,
            UploadId = upload.UploadId,
            PartNumber = 2,
            InputStream = new MemoryStream(new byte[PartedScene.PartSize]),
        });

        var report = await Scene.UploadAsync();

        await AssertSentAsync(report, content, "PUT 2", "PUT 4", "PUT 5");
    }

    [Test]
    public async Task An_upload_that_somebody_removed_begins_anew()
    {
        var content = Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        var upload = (await Scene.UploadsAsync()).Single();
        await Scene.Bucket.Client.AbortMultipartUploadAsync(Scene.Bucket.Name, upload.Key, upload.UploadId);

        var report = await Scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
        Assert.That((await Scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task An_upload_that_was_completed_by_a_run_that_died_is_not_sent_again()
    {
        Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        var journal = Scene.Folder.Combine("state/" + Scene.States().Single());
        var remembered = await File.ReadAllBytesAsync(journal);
        await Scene.UploadAsync();
        await File.WriteAllBytesAsync(journal, remembered);
        Scene.Requests();

        var report = await Scene.UploadAsync();

        Assert.That(report.Objects.Single().Result, Is.EqualTo(OutcomeResult.Done));
        Assert.That(Scene.Requests(), Is.Empty, Scene.Said);
        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_sync_with_nothing_to_do_forgets_an_upload_that_is_no_more()
    {
        Scene.Write("from/big", Size, 1);
        File.Copy(Scene.Folder.Combine("from/big"), Scene.Folder.Combine("big"));
        await Scene.UploadUntilAsync(part: 4);
        var journal = Scene.Folder.Combine("state/" + Scene.States().Single());
        var remembered = await File.ReadAllBytesAsync(journal);
        await Scene.UploadAsync();
        await File.WriteAllBytesAsync(journal, remembered);

        var report = await Scene.SyncAsync("from", $"s3://{Scene.Bucket.Name}/to/");

        Assert.That(report.UnchangedObjects, Is.EqualTo(1));
        await Scene.AssertNothingLeftAsync("big", "from/big");
    }

    [TestCase(2)]
    [TestCase(16)]
    public async Task An_upload_goes_on_with_the_parts_it_began_with(int factor)
    {
        var content = Scene.Write("big", Size, 1);
        Scene.Transfer = Scene.Transfer with { PartSizeBytes = PartedScene.PartSize };
        await Scene.UploadUntilAsync(part: 4);
        Scene.Transfer = Scene.Transfer with { PartSizeBytes = factor * PartedScene.PartSize };

        var report = await Scene.UploadAsync();

        await AssertSentAsync(report, content, "PUT 4", "PUT 5");
    }

    [Test]
    public async Task Two_runs_at_once_both_end_well()
    {
        var content = Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 3);

        var reports = await Task.WhenAll(Scene.UploadAsync(), Scene.UploadAsync());

        Assert.That(reports.Select(static r => r.ExitCode), Is.All.Zero);
        Assert.That((await Scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await Scene.AssertNothingLeftAsync("big");
    }
}
