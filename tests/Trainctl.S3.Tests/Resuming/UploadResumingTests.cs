using Trainctl.Reporting;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>Uploads that a run has stopped, and the run that comes after it.</summary>
public sealed class UploadResumingTests
{
    private const int Size = (4 * PartedScene.PartSize) + 17;

    private PartedScene _scene = null!;

    [SetUp]
    public async Task SetUp() => _scene = await PartedScene.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [Test]
    public async Task What_was_sent_before_a_cancellation_is_not_sent_again()
    {
        var content = _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        Assert.That(_scene.States(), Has.Length.EqualTo(1));
        Assert.That(_scene.Said, Does.Contain("Info:").And.Contain("the next run goes on with them"), "what is left behind is told");

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }), _scene.Said);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task What_was_sent_before_the_store_was_lost_is_not_sent_again()
    {
        var content = _scene.Write("big", Size, 1);
        _scene.Fails = static line => line.Contains("partNumber=4", StringComparison.Ordinal);
        var lost = await _scene.UploadAsync();
        Assert.That(lost.ExitCode, Is.EqualTo(1), lost.Describe().ToString());
        Assert.That(_scene.Said, Does.Contain("the next run goes on with them"));
        _scene.Fails = static _ => false;
        _scene.Requests();

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        // The server may have taken the part of which the answer was lost.
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }).Or.EqualTo(new[] { "PUT 5" }), _scene.Said);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_store_that_says_no_at_the_beginning_leaves_nothing_behind()
    {
        _scene.Write("big", Size, 1);
        _scene.Secret = "another";

        var report = await _scene.UploadAsync();

        Assert.That(report.Objects.Single().Result, Is.EqualTo(OutcomeResult.Failed));
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_store_that_says_no_for_now_takes_nothing_away()
    {
        _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        _scene.Secret = "another";
        var denied = await _scene.UploadAsync();
        Assert.That(denied.Objects.Single().Result, Is.EqualTo(OutcomeResult.Failed));
        _scene.Secret = null;
        _scene.Requests();

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }), _scene.Said);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task Without_a_state_directory_nothing_outlives_the_run()
    {
        _scene.State = null;
        _scene.Write("big", Size, 1);

        await _scene.UploadUntilAsync(part: 3);

        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_source_that_changed_is_sent_anew_and_the_old_upload_is_gone()
    {
        var content = _scene.Write("big", Size, 1);
        var time = File.GetLastWriteTimeUtc(_scene.Folder.Combine("big"));
        await _scene.UploadUntilAsync(part: 4);
        // One byte, in a part that was sent, and nothing that a folder would tell.
        content[7] ^= 1;
        await File.WriteAllBytesAsync(_scene.Folder.Combine("big"), content);
        File.SetLastWriteTimeUtc(_scene.Folder.Combine("big"), time);

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "PUT 1", "PUT 2", "PUT 3", "PUT 4", "PUT 5" }), _scene.Said);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_part_at_the_store_that_holds_something_else_is_sent_again()
    {
        var content = _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        var upload = (await _scene.UploadsAsync()).Single();
        await _scene.Bucket.Client.UploadPartAsync(new Amazon.S3.Model.UploadPartRequest
        {
            BucketName = _scene.Bucket.Name,
            Key = upload.Key,
            UploadId = upload.UploadId,
            PartNumber = 2,
            InputStream = new MemoryStream(new byte[PartedScene.PartSize]),
        });

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "PUT 2", "PUT 4", "PUT 5" }), _scene.Said);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task An_upload_that_somebody_removed_begins_anew()
    {
        var content = _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        var upload = (await _scene.UploadsAsync()).Single();
        await _scene.Bucket.Client.AbortMultipartUploadAsync(_scene.Bucket.Name, upload.Key, upload.UploadId);

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task An_upload_that_was_completed_by_a_run_that_died_is_not_sent_again()
    {
        _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        var journal = _scene.Folder.Combine("state/" + _scene.States().Single());
        var remembered = await File.ReadAllBytesAsync(journal);
        await _scene.UploadAsync();
        await File.WriteAllBytesAsync(journal, remembered);
        _scene.Requests();

        var report = await _scene.UploadAsync();

        Assert.That(report.Objects.Single().Result, Is.EqualTo(OutcomeResult.Done));
        Assert.That(_scene.Requests(), Is.Empty, _scene.Said);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_sync_with_nothing_to_do_forgets_an_upload_that_is_no_more()
    {
        _scene.Write("from/big", Size, 1);
        File.Copy(_scene.Folder.Combine("from/big"), _scene.Folder.Combine("big"));
        await _scene.UploadUntilAsync(part: 4);
        var journal = _scene.Folder.Combine("state/" + _scene.States().Single());
        var remembered = await File.ReadAllBytesAsync(journal);
        await _scene.UploadAsync();
        await File.WriteAllBytesAsync(journal, remembered);

        var report = await _scene.SyncAsync("from", $"s3://{_scene.Bucket.Name}/to/");

        Assert.That(report.UnchangedObjects, Is.EqualTo(1));
        await _scene.AssertNothingLeftAsync("big", "from/big");
    }

    [TestCase(2)]
    [TestCase(16)]
    public async Task An_upload_goes_on_with_the_parts_it_began_with(int factor)
    {
        var content = _scene.Write("big", Size, 1);
        _scene.Transfer = _scene.Transfer with { PartSizeBytes = PartedScene.PartSize };
        await _scene.UploadUntilAsync(part: 4);
        _scene.Transfer = _scene.Transfer with { PartSizeBytes = factor * PartedScene.PartSize };

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }), _scene.Said);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task Two_runs_at_once_both_end_well()
    {
        var content = _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 3);

        var reports = await Task.WhenAll(_scene.UploadAsync(), _scene.UploadAsync());

        Assert.That(reports.Select(static r => r.ExitCode), Is.All.Zero);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big");
    }
}
