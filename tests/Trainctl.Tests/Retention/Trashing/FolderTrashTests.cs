using Microsoft.Extensions.Time.Testing;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>The trash of a folder: files are renamed.</summary>
public sealed class FolderTrashTests
{
    private static readonly PruneCheckpointsSettings Prune = new() { Location = "runs", KeepLast = 1, Trash = ".trash" };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(_folder, "runs/a", step);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Nothing_is_lost_on_the_way_there_and_back()
    {
        var before = State();

        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        var between = _folder.Files("runs");
        await TestHost.Engine(_folder).RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "runs" });

        Assert.Multiple(() =>
        {
            Assert.That(between.Where(static f => !f.StartsWith(".trash/", StringComparison.Ordinal)), Is.All.StartsWith("a/checkpoint-3/").And.Exactly(3).Items);
            Assert.That(between, Has.Exactly(11).Items);
            Assert.That(State(), Is.EqualTo(before));
            Assert.That(Directory.Exists(_folder.Combine("runs/.trash")), Is.False);
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_file_where_the_trash_should_be_is_told_by_a_dry_run_too(bool dryRun)
    {
        _folder.Write("runs/.trash", "mine");
        var before = State();

        var report = await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune with { DryRun = dryRun });

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Failed, PruneResult.Kept }));
            Assert.That(report.Objects.Select(static o => (o.Result, o.ErrorCode)), Is.All.EqualTo((OutcomeResult.Refused, "TRAINCTL2004")).And.Exactly(6).Items);
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(State(), Is.EqualTo(before));
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_file_where_a_checkpoint_was_is_told_by_a_dry_run_too(bool dryRun)
    {
        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        _folder.Write("runs/a/checkpoint-1", "mine");
        var before = State();

        var report = await TestHost.Engine(_folder).RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "runs", Path = "a/checkpoint-1", DryRun = dryRun });

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Single().Result, Is.EqualTo(RestoreResult.Failed));
            Assert.That(report.Objects.Select(static o => (o.Result, o.ErrorCode)), Is.All.EqualTo((OutcomeResult.Refused, "TRAINCTL2004")).And.Exactly(3).Items);
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(State(), Is.EqualTo(before));
        });
    }

    /// <summary>A crash after any number of renames: the next prune ends it, and all of it can be restored.</summary>
    [Test]
    public async Task A_half_moved_checkpoint_is_incomplete_and_is_ended([Values(1, 2)] int left)
    {
        var before = State();
        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        var trash = Directory.GetDirectories(_folder.Combine("runs/.trash")).Single();
        foreach (var name in ((string[])["model.safetensors", "config.json"]).Take(left))
        {
            Directory.CreateDirectory(_folder.Combine("runs/a/checkpoint-2"));
            File.Move(Path.Join(trash, "a/checkpoint-2", name), _folder.Combine($"runs/a/checkpoint-2/{name}"));
        }

        var review = await TestHost.Engine(_folder).ReviewArtifactsAsync(new() { Location = "runs" });
        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        var folders = Directory.GetDirectories(_folder.Combine("runs/.trash"));
        await TestHost.Engine(_folder).RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "runs" });

        Assert.Multiple(() =>
        {
            Assert.That(review.Runs.Single().Units.Select(static u => u.State), Is.EqualTo(new[] { CheckpointState.Incomplete, CheckpointState.Complete }));
            Assert.That(folders, Is.EqualTo(new[] { trash }));
            Assert.That(State(), Is.EqualTo(before));
        });
    }

    /// <summary>Two prunes of one second may each have written a record before one of them moved the checkpoint.</summary>
    [Test]
    public async Task Two_records_of_one_checkpoint_bring_it_back_once()
    {
        var before = State();
        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        var record = Directory.GetFiles(_folder.Combine("runs/.trash"), "checkpoint-1.*.json", SearchOption.AllDirectories).Single();
        File.Copy(record, Path.Join(Path.GetDirectoryName(record), "checkpoint-1.00000000.json"));

        var report = await TestHost.Engine(_folder).RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "runs" });

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => (u.Path, u.Result)), Is.EqualTo(new[] { ("a/checkpoint-1", RestoreResult.Restored) }));
            Assert.That(State(), Is.EqualTo(before));
        });
    }

    /// <summary>A training that began anew writes the same names. What was thrown away before is another checkpoint.</summary>
    [Test]
    public async Task A_checkpoint_of_the_same_name_is_thrown_away_beside_the_earlier_one()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.Zero));
        var engine = new TrainctlEngine(TestHost.For(_folder) with { Time = time });
        var first = OfTheFirst();
        await engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        HuggingFaceRun.Write(_folder, "runs/a", 1);
        await File.WriteAllBytesAsync(_folder.Combine("runs/a/checkpoint-1/model.safetensors"), ModelFile.Safetensors(17));
        var second = OfTheFirst();
        time.Advance(TimeSpan.FromDays(1));
        await engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });

        await engine.RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "runs", At = "20240602T120000Z" });
        var later = OfTheFirst();
        Directory.Delete(_folder.Combine("runs/a/checkpoint-1"), recursive: true);
        await engine.RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "runs", At = "20240601T120000Z" });
        var earlier = OfTheFirst();

        Assert.Multiple(() =>
        {
            Assert.That(second, Is.Not.EqualTo(first).And.Exactly(3).Items, "the scene");
            Assert.That(later, Is.EqualTo(second));
            Assert.That(earlier, Is.EqualTo(first));
        });

        string[] OfTheFirst() => [.. State().Where(static l => l.StartsWith("runs/a/checkpoint-1/", StringComparison.Ordinal))];
    }

    [Test]
    public async Task A_taken_name_in_the_trash_is_not_replaced()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.Zero));
        _folder.Write("runs/.trash/20240601T120000Z/a/checkpoint-1/trainer_state.json", "mine");

        var report = await new TrainctlEngine(TestHost.For(_folder) with { Time = time }).PruneCheckpointsAsync(Prune);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Where(static u => u.Decision.Unit.Run == "a").Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Removed, PruneResult.Kept }));
            Assert.That(File.ReadAllText(_folder.Combine("runs/.trash/20240601T120000Z/a/checkpoint-1/trainer_state.json")), Is.EqualTo("mine"));
            Assert.That(_folder.Files("runs/a/checkpoint-1"), Has.Exactly(3).Items);
        });
    }

    /// <summary>A record is written under a temporary name; who is killed then leaves it.</summary>
    [Test]
    public async Task What_a_killed_prune_left_of_a_record_goes_with_the_next([Values] bool dryRun, [Values] bool isOld)
    {
        const string Left = "runs/.trash/20240601T120000Z/.trainctl-trash/a/.trainctl-0123456789abcdef.tmp";
        var ofOthers = _folder.Write("runs/a/.trainctl-0123456789abcdef.tmp", "half");
        File.SetLastWriteTimeUtc(ofOthers, DateTime.UtcNow.AddDays(-2));
        File.SetLastWriteTimeUtc(_folder.Write(Left, "half"), DateTime.UtcNow.AddDays(isOld ? -2 : 0));

        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune with { DryRun = dryRun });

        Assert.Multiple(() =>
        {
            Assert.That(Directory.Exists(_folder.Combine("runs/.trash/20240601T120000Z")), Is.EqualTo(dryRun || !isOld));
            Assert.That(File.Exists(_folder.Combine(Left)), Is.EqualTo(dryRun || !isOld));
            Assert.That(File.Exists(ofOthers), Is.True);
        });
    }

    private string[] State() =>
        [.. _folder.Files().Select(f => $"{f} {File.GetLastWriteTimeUtc(_folder.Combine(f)):O} {Convert.ToHexString(File.ReadAllBytes(_folder.Combine(f)))}")];
}
