using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>What a folder reaches through a link to another folder is not its own to delete.</summary>
public sealed class LinkedFolderTests
{
    private static readonly SyncSettings Settings = new() { Source = "from", Destination = "to", Delete = true };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _folder.Write("from/step-100/model.bin", "weights");
        _folder.Write("to/step-100/model.bin", "weights");
        File.SetLastWriteTimeUtc(_folder.Combine("to/step-100/model.bin"), File.GetLastWriteTimeUtc(_folder.Combine("from/step-100/model.bin")));
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_link_to_a_folder_that_the_source_has_does_not_cost_its_files([Values] bool dryRun)
    {
        Directory.CreateSymbolicLink(_folder.Combine("to/latest"), "step-100");
        _folder.Write("to/old.bin", "old");

        var report = await RunAsync(Settings with { DryRun = dryRun });

        Assert.That(report.Objects.Select(static o => (o.Key, o.Action)), Is.EqualTo(new[] { ("old.bin", ObjectAction.Delete) }));
        Assert.That(report.ExitCode, Is.Zero);
        Assert.That(File.ReadAllText(_folder.Combine("to/latest/model.bin")), Is.EqualTo("weights"));
        Assert.That(File.Exists(_folder.Combine("to/old.bin")), Is.EqualTo(dryRun));
    }

    [Test]
    public async Task What_is_outside_of_the_destination_stays([Values] bool isNested)
    {
        _folder.Write("shared/deep/data", "of others");
        Directory.CreateDirectory(_folder.Combine("to/in"));
        Directory.CreateSymbolicLink(_folder.Combine(isNested ? "to/in/out" : "to/out"), _folder.Combine("shared"));

        var report = await RunAsync(Settings);

        Assert.That(report.Objects, Is.Empty);
        Assert.That(report.ExitCode, Is.Zero);
        Assert.That(_folder.Files("shared"), Is.EqualTo(new[] { "deep/data" }));
    }

    [Test]
    public async Task A_link_to_a_file_goes_and_its_target_stays()
    {
        _folder.Write("shared/data", "of others");
        File.CreateSymbolicLink(_folder.Combine("to/data"), _folder.Combine("shared/data"));

        var report = await RunAsync(Settings);

        Assert.That(report.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("data", OutcomeResult.Done) }));
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "step-100/model.bin" }));
        Assert.That(_folder.Files("shared"), Is.EqualTo(new[] { "data" }));
    }

    [Test]
    public async Task A_link_goes_at_once_when_the_same_run_replaces_or_deletes_what_it_leads_to([Values("model.pt", "old.pt", "step-100/model.bin")] string target, [Values] bool dryRun)
    {
        _folder.Write("from/model.pt", "new weights");
        _folder.Write("to/model.pt", "weights");
        _folder.Write("to/old.pt", "old");
        File.CreateSymbolicLink(_folder.Combine("to/zbest.pt"), target);

        var report = await RunAsync(Settings with { DryRun = dryRun });

        var done = dryRun ? OutcomeResult.Planned : OutcomeResult.Done;
        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Action, o.Result)),
            Is.EqualTo(new[] { ("model.pt", ObjectAction.Copy, done), ("old.pt", ObjectAction.Delete, done), ("zbest.pt", ObjectAction.Delete, done) }));
        Assert.That(report.ExitCode, Is.Zero);
        if (!dryRun)
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "model.pt", "step-100/model.bin" }));
    }

    [Test]
    public async Task A_link_that_is_another_by_now_or_the_file_itself_stays([Values] bool isFile)
    {
        var file = _folder.Write("to/model.pt", "weights");
        _folder.Write("to/other.pt", "weights");
        File.CreateSymbolicLink(_folder.Combine("to/zbest.pt"), "model.pt");
        await using var store = Store("to");
        var listed = await store.ListAsync(new ListRequest()).ToListAsync();
        File.Delete(_folder.Combine("to/zbest.pt"));
        if (isFile)
            File.Move(file, _folder.Combine("to/zbest.pt"));
        else
            File.CreateSymbolicLink(_folder.Combine("to/zbest.pt"), "other.pt");

        var outcomes = await store.DeleteAsync([new("zbest.pt", listed.Single(static o => o.Key == "zbest.pt"))]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.EqualTo(new TrainctlError?[] { TrainctlError.Drift }));
        Assert.That(File.ReadAllText(_folder.Combine("to/zbest.pt")), Is.EqualTo("weights"));
    }

    [Test]
    public async Task A_destination_that_is_a_link_itself_is_a_folder_like_any_other()
    {
        _folder.Write("to/old/x", "old");
        Directory.CreateSymbolicLink(_folder.Combine("link"), "to");

        await RunAsync(Settings with { Destination = "link" });

        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "step-100/model.bin" }));
    }

    [Test]
    public async Task A_folder_store_deletes_nothing_behind_a_link()
    {
        _folder.Write("shared/data", "of others");
        Directory.CreateSymbolicLink(_folder.Combine("to/out"), _folder.Combine("shared"));
        Directory.CreateSymbolicLink(_folder.Combine("to/latest"), "step-100");
        await using var store = Store("to");
        var listed = await store.ListAsync(new ListRequest()).ToListAsync();

        var outcomes = await store.DeleteAsync([new("out/data"), new("latest/model.bin", listed.Single(static o => o.Key == "latest/model.bin")), new("out/none")]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.All.EqualTo(TrainctlError.UnsafeKey));
        Assert.That(outcomes[0].Failure!.Message, Does.Contain("'out' is a symbolic link"));
        Assert.That(_folder.Files("shared"), Is.EqualTo(new[] { "data" }));
        Assert.That(_folder.Files("to/step-100"), Is.EqualTo(new[] { "model.bin" }));
    }

    /// <summary>A publisher takes its manifest back from wherever it may write.</summary>
    [Test]
    public async Task Its_own_writer_may_take_back_what_it_wrote_through_a_link_inside()
    {
        _folder.Write("shared/data", "of others");
        Directory.CreateSymbolicLink(_folder.Combine("to/out"), _folder.Combine("shared"));
        Directory.CreateSymbolicLink(_folder.Combine("to/latest"), "step-100");
        await using var store = Store("to");

        var outcomes = await store.DeleteAsync([new("latest/model.bin") { MayPassLinks = true }, new("out/data") { MayPassLinks = true }]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.EqualTo(new TrainctlError?[] { null, TrainctlError.UnsafeKey }));
        Assert.That(File.Exists(_folder.Combine("to/step-100/model.bin")), Is.False);
        Assert.That(_folder.Files("shared"), Is.EqualTo(new[] { "data" }));
    }

    private FolderStore Store(string path) => new(ObjectUrl.Parse(_folder.Combine(path)));

    private Task<SyncReport> RunAsync(SyncSettings settings) => TestHost.Engine(_folder).SyncAsync(settings);
}
