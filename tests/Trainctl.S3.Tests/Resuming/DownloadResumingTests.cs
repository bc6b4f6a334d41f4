using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>Downloads that a run has stopped, and the run that comes after it.</summary>
public sealed class DownloadResumingTests
{
    private const int Size = (4 * PartedScene.PartSize) + 17;

    private PartedScene _scene = null!;
    private byte[] _content = null!;

    [SetUp]
    public async Task SetUp()
    {
        _scene = await PartedScene.CreateAsync();
        _content = await ReplaceAsync(seed: 1);
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [Test]
    public async Task What_has_come_before_a_cancellation_is_not_fetched_again()
    {
        await _scene.DownloadUntilAsync(part: 4);
        Assert.That(_scene.Folder.Files("back"), Has.Length.EqualTo(2).And.All.EndsWith(".tmp"), "the file and its journal");
        Assert.That(_scene.Said, Does.Contain("Info:").And.Contain("the next run goes on with them"), "what is left behind is told");

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "GET 4", "GET 5" }), _scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task Without_a_state_directory_nothing_outlives_the_run()
    {
        _scene.State = null;

        await _scene.DownloadUntilAsync(part: 4);

        await _scene.AssertNothingLeftAsync();
    }

    [Test]
    public async Task An_object_that_changed_is_fetched_anew()
    {
        await _scene.DownloadUntilAsync(part: 4);
        _content = await ReplaceAsync(seed: 2);

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_part_that_is_damaged_on_the_disk_is_fetched_again()
    {
        await _scene.DownloadUntilAsync(part: 4);
        await using (var file = File.OpenWrite(Partial()))
        {
            file.Position = PartedScene.PartSize + 12345;
            file.WriteByte((byte)(_content[PartedScene.PartSize + 12345] ^ 1));
        }

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "GET 2", "GET 4", "GET 5" }), _scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_file_of_which_a_loss_of_power_took_the_end_is_fetched_from_there_on()
    {
        await _scene.DownloadUntilAsync(part: 4);
        await using (var file = File.OpenWrite(Partial()))
            file.SetLength(PartedScene.PartSize + 5);

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "GET 2", "GET 3", "GET 4", "GET 5" }), _scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_file_that_is_gone_begins_anew()
    {
        await _scene.DownloadUntilAsync(part: 4);
        File.Delete(Partial());

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
        await AssertWholeAsync(report);
    }

    [TestCase("")]
    [TestCase("no journal at all\n")]
    [TestCase("[]\n[]\n")]
    public async Task A_journal_that_cannot_be_read_is_as_none(string damaged)
    {
        await _scene.DownloadUntilAsync(part: 4);
        await File.WriteAllTextAsync(Journal(), damaged);

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_journal_that_lies_is_found_out()
    {
        await _scene.DownloadUntilAsync(part: 3);
        var lines = await File.ReadAllLinesAsync(Journal());
        var line = lines[1].Replace("\"number\":1", "\"number\":2147483647", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Journal(), [lines[0], line, lines[1].Replace("\"number\":1", "\"number\":2", StringComparison.Ordinal), "", "null"]);

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
        await AssertWholeAsync(report);
    }

    [TestCase(2)]
    [TestCase(16)]
    public async Task A_download_goes_on_with_the_parts_it_began_with(int factor)
    {
        await _scene.DownloadUntilAsync(part: 4);
        _scene.Transfer = _scene.Transfer with { PartSizeBytes = factor * PartedScene.PartSize };

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Has.Length.EqualTo(2), _scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_file_that_somebody_else_is_writing_is_left_to_him()
    {
        await _scene.DownloadUntilAsync(part: 4);
        await using (new FileStream(Journal(), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var before = await File.ReadAllBytesAsync(Partial());

            var report = await _scene.DownloadAsync();

            Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
            Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
            Assert.That((await File.ReadAllBytesAsync(Partial())).AsSpan().SequenceEqual(before), Is.True, "his file is as it was");
        }

        await AssertWholeAsync(await _scene.DownloadAsync());
    }

    [Test]
    public async Task Two_runs_at_once_both_end_well()
    {
        await _scene.DownloadUntilAsync(part: 3);

        var reports = await Task.WhenAll(_scene.DownloadAsync(), _scene.DownloadAsync());

        Assert.That(reports[1].ExitCode, Is.Zero);
        await AssertWholeAsync(reports[0]);
    }

    [Test]
    public async Task A_link_in_the_place_of_the_file_is_not_followed()
    {
        await _scene.DownloadUntilAsync(part: 4);
        var precious = _scene.Folder.Write("precious", "precious");
        File.Delete(Partial());
        File.CreateSymbolicLink(Path.Join(_scene.Folder.Combine("back"), TemporaryName.PartialOf("big")), precious);
        var report = await _scene.DownloadAsync();
        await AssertWholeAsync(report, "precious");
        File.CreateSymbolicLink(Path.Join(_scene.Folder.Combine("back"), TemporaryName.JournalOf("big")), precious);

        await _scene.DownloadAsync();

        Assert.That(await File.ReadAllTextAsync(precious), Is.EqualTo("precious"));
    }

    [Test]
    public async Task A_sync_passes_over_what_is_unfinished_and_removes_what_nobody_went_on_with()
    {
        var remote = $"s3://{_scene.Bucket.Name}/to/";
        await _scene.DownloadUntilAsync(part: 4);
        File.Move(Journal(), Path.Join(_scene.Folder.Combine("back"), TemporaryName.JournalOf("other")));
        File.Move(Partial(), Path.Join(_scene.Folder.Combine("back"), TemporaryName.PartialOf("other")));
        _scene.Folder.Write("back/" + TemporaryName.Create(), "of a run that died");
        _scene.Folder.Write("back/" + TemporaryName.JournalOf("third"), "whose file is renamed already");

        await _scene.SyncAsync(remote, "back");
        Assert.That(_scene.Folder.Files("back"), Has.Length.EqualTo(4), "another run may go on with it");
        var up = await _scene.SyncAsync("back", remote);
        Assert.That(up.UnchangedObjects + up.Objects.Count, Is.EqualTo(1), "they are no content");

        _scene.Time = new LaterClock(TimeSpan.FromDays(1.1));
        await _scene.SyncAsync(remote, "back");
        Assert.That(_scene.Folder.Files("back"), Has.Length.EqualTo(3));

        _scene.Time = new LaterClock(TimeSpan.FromDays(7.1));
        await _scene.SyncAsync(remote, "back");
        await _scene.AssertNothingLeftAsync("back/big");
    }

    [Test]
    public async Task What_is_wrong_in_the_end_is_not_kept_and_fetched_anew()
    {
        await _scene.DownloadUntilAsync(part: 4);
        // The journal and the file agree, and neither is what the store has.
        var part = new byte[PartedScene.PartSize];
        await using (var file = File.OpenWrite(Partial()))
            await file.WriteAsync(part);
        var lines = await File.ReadAllLinesAsync(Journal());
        lines[1] = System.Text.RegularExpressions.Regex.Replace(lines[1], "crc64nvme:[0-9a-f]{16}", Trainctl.Transfer.Crc64.Of(part).ToString());
        await File.WriteAllLinesAsync(Journal(), lines);

        var report = await _scene.DownloadAsync();

        Assert.That(_scene.Requests(), Does.Contain("GET 1"), "the part that was proven by a false witness");
        await AssertWholeAsync(report);
    }

    private string Partial() => _scene.Folder.Combine("back/" + TemporaryName.PartialOf("big"));

    private string Journal() => _scene.Folder.Combine("back/" + TemporaryName.JournalOf("big"));

    private async Task<byte[]> ReplaceAsync(int seed)
    {
        var content = _scene.Write("big", Size, seed);
        await _scene.UploadAsync();
        _scene.Requests();
        File.Delete(_scene.Folder.Combine("big"));
        return content;
    }

    private async Task AssertWholeAsync(SyncReport report, params string[] others)
    {
        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That((await File.ReadAllBytesAsync(_scene.Folder.Combine("back/big"))).AsSpan().SequenceEqual(_content), Is.True);
        await _scene.AssertNothingLeftAsync([.. others, "back/big"]);
    }
}
