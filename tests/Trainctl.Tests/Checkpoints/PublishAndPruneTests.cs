using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Checkpoints;

public sealed class PublishAndPruneTests
{
    private static readonly UploadCheckpointsSettings Upload = new() { Source = "run", Destination = "store" };
    private static readonly PruneCheckpointsSettings Prune = new() { Location = "run", KeepLast = 2 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_second_publish_moves_nothing()
    {
        HuggingFaceRun.Write(_folder, "run", 10);

        var first = await Engine.UploadCheckpointsAsync(Upload);
        var second = await Engine.UploadCheckpointsAsync(Upload);

        Assert.Multiple(() =>
        {
            Assert.That(first.Units.Single().Result, Is.EqualTo(PublishResult.Published));
            Assert.That(_folder.Files("store"), Has.Member("checkpoint-10/.trainctl-manifest.json"));
            Assert.That(second.Units.Single().Result, Is.EqualTo(PublishResult.Unchanged));
            Assert.That(second.Objects, Is.Empty);
        });
    }

    [Test]
    public async Task A_checkpoint_that_is_still_being_written_is_left_out_and_named()
    {
        HuggingFaceRun.Write(_folder, "run", 10);
        HuggingFaceRun.Write(_folder, "run", 20);
        File.Delete(_folder.Combine("run/checkpoint-20/trainer_state.json"));

        var report = await Engine.UploadCheckpointsAsync(Upload);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PublishResult.Published, PublishResult.LeftOut }));
            Assert.That(_folder.Files("store"), Has.None.StartsWith("checkpoint-20"));
        });
    }

    [Test]
    public async Task Keep_last_keeps_the_last_and_the_best_and_never_touches_other_files()
    {
        foreach (var step in (int[])[10, 20, 100, 200])
            HuggingFaceRun.Write(_folder, "run", step, best: 10);
        _folder.Write("run/checkpoint-notes.txt", "mine");

        await Engine.PruneCheckpointsAsync(Prune);

        Assert.That(Folders(), Is.EqualTo(new[] { "checkpoint-10", "checkpoint-100", "checkpoint-200", "checkpoint-notes.txt" }));
    }

    [Test]
    public async Task A_truncated_newest_checkpoint_does_not_push_out_the_last_good_one()
    {
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(_folder, "run", step);
        HuggingFaceRun.Truncate(_folder, "run", 3);

        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 1 });

        Assert.That(Folders(), Is.EqualTo(new[] { "checkpoint-2", "checkpoint-3" }));
    }

    [Test]
    public async Task Runs_do_not_push_out_each_other()
    {
        HuggingFaceRun.Write(_folder, "run/a", 1);
        HuggingFaceRun.Write(_folder, "run/b", 100);

        var report = await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 1 });

        Assert.That(report.Units.Select(static u => u.Result), Is.All.EqualTo(PruneResult.Kept).And.Exactly(2).Items);
    }

    [Test]
    public async Task A_dry_run_says_what_the_real_run_then_does()
    {
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(_folder, "run", step);
        var before = _folder.Files();

        var dry = await Engine.PruneCheckpointsAsync(Prune with { DryRun = true });
        var after = _folder.Files();
        var real = await Engine.PruneCheckpointsAsync(Prune);

        Assert.Multiple(() =>
        {
            Assert.That(after, Is.EqualTo(before));
            Assert.That(dry.Objects.Select(static o => o.Key), Is.EqualTo(real.Objects.Select(static o => o.Key)).And.Not.Empty);
        });
    }

    [Test]
    public async Task Keep_last_zero_is_refused_and_an_empty_policy_deletes_nothing()
    {
        HuggingFaceRun.Write(_folder, "run", 1);

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.PruneCheckpointsAsync(Prune with { KeepLast = 0 })))!;
        var empty = await Engine.PruneCheckpointsAsync(Prune with { KeepLast = null });

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidSetting));
            Assert.That(empty.Objects, Is.Empty);
            Assert.That(Folders(), Is.EqualTo(new[] { "checkpoint-1" }));
        });
    }

    [Test]
    public async Task The_last_progress_report_comes_once()
    {
        var reports = new List<TransferProgress>();
        HuggingFaceRun.Write(_folder, "run", 1);
        HuggingFaceRun.Write(_folder, "run", 2);
        var host = TestHost.For(_folder) with { Progress = new Recorder(reports) };

        await new TrainctlEngine(host).UploadCheckpointsAsync(Upload);

        Assert.That(reports.Count(static r => r.IsFinal), Is.EqualTo(1));
    }

    private TrainctlEngine Engine => TestHost.Engine(_folder);

    private string[] Folders() => [.. Directory.EnumerateFileSystemEntries(_folder.Combine("run")).Select(static p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    private sealed class Recorder(List<TransferProgress> reports) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            lock (reports)
                reports.Add(value);
        }
    }
}
