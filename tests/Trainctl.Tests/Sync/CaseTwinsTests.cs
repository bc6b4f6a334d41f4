using Trainctl.Reporting;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>Folders that take names for one that differ in case only. The store says so, whatever the disk does.</summary>
public sealed class CaseTwinsTests
{
    private static readonly SyncSettings Settings = new() { Source = "s3://from", Destination = "to", Delete = true };

    private TemporaryFolder _folder = null!;
    private MemoryStore _source = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _source = new MemoryStore("s3://from");
        Directory.CreateDirectory(_folder.Combine("to"));
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _source.DisposeAsync();
    }

    [Test]
    [Platform("Linux", Reason = "Names in two cases are put side by side.")]
    public async Task What_has_the_name_of_a_source_object_in_another_case_is_not_deleted([Values] bool isIgnored)
    {
        await PutAsync("model.pt", "deep/X");
        _folder.Write("to/Model.pt", "m");
        _folder.Write("to/Deep/x", "x");
        _folder.Write("to/old", "o");

        var report = await Engine(isIgnored).SyncAsync(Settings);

        Assert.That(report.ExitCode, Is.Zero);
        Assert.That(
            report.Objects.Where(static o => o.Action == ObjectAction.Delete).Select(static o => o.Key),
            Is.EqualTo(isIgnored ? ["old"] : new[] { "Deep/x", "Model.pt", "old" }));
    }

    [Test]
    public async Task The_second_of_two_names_that_are_one_is_refused([Values] bool dryRun)
    {
        await PutAsync("A.txt", "DIR/x", "a.txt", "b", "dir/X");
        var expected = dryRun ? OutcomeResult.Planned : OutcomeResult.Done;

        var sync = await Engine(true).SyncAsync(Settings with { DryRun = dryRun });
        var copy = await Engine(true).CopyAsync(new CopySettings { Source = "s3://from", Destination = "copied", Recursive = true, DryRun = dryRun });

        foreach (var report in (SyncReport[])[sync, copy])
        {
            Assert.That(
                report.Objects.Select(static o => (o.Key, o.Result)),
                Is.EqualTo(new[] { ("A.txt", expected), ("DIR/x", expected), ("a.txt", OutcomeResult.Refused), ("b", expected), ("dir/X", OutcomeResult.Refused) }));
            Assert.That(report.Objects[2].Error, Does.Contain("the source has 'A.txt' too").And.Contain("ignores case"));
        }
    }

    /// <summary>It would be unchanged, and replaced by the other.</summary>
    [Test]
    public async Task The_second_is_refused_also_when_it_is_there_already()
    {
        await PutAsync("a.txt");
        await Engine(true).SyncAsync(Settings);
        await PutAsync("A.txt");

        var report = await Engine(true).SyncAsync(Settings);

        Assert.That(report.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("A.txt", OutcomeResult.Done), ("a.txt", OutcomeResult.Refused) }));
    }

    [Test]
    public async Task A_first_that_no_file_can_be_named_does_not_stand_in_the_way()
    {
        await PutAsync("A/../x", "a/../X", "B/", "b", "C");

        var report = await Engine(true).SyncAsync(Settings);

        Assert.That(
            report.Objects.Where(static o => o.Result == OutcomeResult.Done).Select(static o => o.Key), Is.EqualTo(new[] { "C", "b" }));
    }

    [Test]
    public async Task A_lock_file_is_not_written_of_what_is_one_file()
    {
        await PutAsync("A.txt", "a.txt");

        var report = await Engine(true).StageDataAsync(new StageDataSettings { Source = "s3://from", Destination = "to", LockFile = "lock.json" });

        Assert.That(report.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("A.txt", OutcomeResult.Done), ("a.txt", OutcomeResult.Refused) }));
        Assert.That(File.Exists(_folder.Combine("lock.json")), Is.False);
    }

    private TrainctlEngine Engine(bool isIgnored) => new(TestHost.For(_folder) with
    {
        OpenStore = (url, _, _) => url.IsFolder ? new FolderStore(url) { CaseIsIgnored = isIgnored } : _source,
    });

    private async Task PutAsync(params string[] keys)
    {
        foreach (var key in keys)
            await _source.PutAsync(key, "content"u8.ToArray(), new PutOptions());
    }
}
