using Trainctl.Storage;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>What is remembered of downloads: where it is wrong, in use, old, or has nothing more to say.</summary>
public sealed class DownloadJournalTests : DownloadFixture
{
    [Test]
    public async Task A_file_that_was_renamed_by_a_run_that_died_is_not_fetched_again()
    {
        await Scene.DownloadUntilAsync(part: 5);
        var journal = await File.ReadAllBytesAsync(Journal());
        await Scene.DownloadAsync();
        await File.WriteAllBytesAsync(Journal(), journal);
        Scene.Requests();

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 5" }), "the journal had not heard of the last part");
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_staging_with_a_lock_file_removes_the_journal_of_what_is_whole()
    {
        await Scene.DownloadAsync();
        await Scene.StageAsync();
        Scene.Folder.Write("back/" + TemporaryName.JournalOf("big"), "");

        var report = await Scene.StageAsync();

        Assert.That((report.ExitCode, report.UnchangedObjects), Is.EqualTo((0, 1)));
        await Scene.AssertNothingLeftAsync("back/big", "data.lock");
    }

    [TestCase("")]
    [TestCase("no journal at all\n")]
    [TestCase("[]\n[]\n")]
    public async Task A_journal_that_cannot_be_read_is_as_none(string damaged)
    {
        await Scene.DownloadUntilAsync(part: 4);
        await File.WriteAllTextAsync(Journal(), damaged);

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_journal_that_lies_is_found_out()
    {
        await Scene.DownloadUntilAsync(part: 3);
        var lines = await File.ReadAllLinesAsync(Journal());
        var line = lines[1].Replace("\"number\":1", "\"number\":2147483647", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Journal(), [lines[0], line, lines[1].Replace("\"number\":1", "\"number\":2", StringComparison.Ordinal), "", "null"]);

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_file_that_somebody_else_is_writing_is_left_to_him()
    {
        await Scene.DownloadUntilAsync(part: 4);
        await using (new FileStream(Journal(), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var before = await File.ReadAllBytesAsync(Partial());

            var report = await Scene.DownloadAsync();

            Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
            Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
            Assert.That((await File.ReadAllBytesAsync(Partial())).AsSpan().SequenceEqual(before), Is.True, "his file is as it was");
        }

        await AssertWholeAsync(await Scene.DownloadAsync());
    }

    [Test]
    public async Task A_link_in_the_place_of_the_file_is_not_followed()
    {
        await Scene.DownloadUntilAsync(part: 4);
        var precious = Scene.Folder.Write("precious", "precious");
        File.Delete(Partial());
        File.CreateSymbolicLink(Path.Join(Scene.Folder.Combine("back"), TemporaryName.PartialOf("big")), precious);
        var report = await Scene.DownloadAsync();
        await AssertWholeAsync(report, "precious");
        File.CreateSymbolicLink(Path.Join(Scene.Folder.Combine("back"), TemporaryName.JournalOf("big")), precious);

        await Scene.DownloadAsync();

        Assert.That(await File.ReadAllTextAsync(precious), Is.EqualTo("precious"));
    }

    [Test]
    public async Task A_sync_passes_over_what_is_unfinished_and_removes_what_nobody_went_on_with()
    {
        var remote = $"s3://{Scene.Bucket.Name}/to/";
        await Scene.DownloadUntilAsync(part: 4);
        File.Move(Journal(), Path.Join(Scene.Folder.Combine("back"), TemporaryName.JournalOf("other")));
        File.Move(Partial(), Path.Join(Scene.Folder.Combine("back"), TemporaryName.PartialOf("other")));
        Scene.Folder.Write("back/" + TemporaryName.Create(), "of a run that died");
        Scene.Folder.Write("back/" + TemporaryName.JournalOf("third"), "whose file is renamed already");

        await Scene.SyncAsync(remote, "back");
        Assert.That(Scene.Folder.Files("back"), Has.Length.EqualTo(4), "another run may go on with it");
        var up = await Scene.SyncAsync("back", remote);
        Assert.That(up.UnchangedObjects + up.Objects.Count, Is.EqualTo(1), "they are no content");

        Scene.Time = new LaterClock(TimeSpan.FromDays(1.1));
        await Scene.SyncAsync(remote, "back");
        Assert.That(Scene.Folder.Files("back"), Has.Length.EqualTo(3));

        Scene.Time = new LaterClock(TimeSpan.FromDays(7.1));
        await Scene.SyncAsync(remote, "back");
        await Scene.AssertNothingLeftAsync("back/big");
    }
}
