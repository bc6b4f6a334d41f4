using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A restore, and a prune of the same folder at the same time.</summary>
public sealed class RestoreBesidePruneTests
{
    private static readonly PruneCheckpointsSettings Prune = new() { Location = "runs", KeepLast = 2, Trash = ".trash" };
    private static readonly RestoreCheckpointsSettings Restore = new() { Location = "runs" };

    private TemporaryFolder _folder = null!;
    private HookedFolder _store = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(_folder, "runs/a", step);
        _store = new HookedFolder(new FolderStore(ObjectUrl.Parse(_folder.Combine("runs"))));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>What has come back without its marker looks like a leftover of a prune, and its record like one of a move that was interrupted.</summary>
    [Test]
    public async Task What_is_thrown_away_again_meanwhile_is_not_said_to_be_restored()
    {
        var before = _folder.Files();
        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        Once(() =>
        {
            // Former releases know of no marks.
            foreach (var mark in Directory.GetFiles(_folder.Combine("runs/.trash"), "*.back", SearchOption.AllDirectories))
                File.Delete(mark);
            return TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        });

        var report = await Engine.RestoreCheckpointsAsync(Restore);
        var left = _folder.Files("runs/.trash");
        var again = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Concat(again.Units).Select(static u => (u.Path, u.Result)), Is.EqualTo(new[] { ("a/checkpoint-1", RestoreResult.Failed), ("a/checkpoint-1", RestoreResult.Restored) }));
            Assert.That(report.Objects.Where(static o => o.Error is not null).Select(static o => o.ErrorCode), Is.All.EqualTo("TRAINCTL3003").And.Not.Empty);
            Assert.That(left, Has.Some.Contains("/.trainctl-trash/a/checkpoint-1."), "the record stays");
            Assert.That(_folder.Files(), Is.EqualTo(before));
        });
    }

    /// <summary>Somebody may do that by hand, or with a Trainctl of before.</summary>
    [Test]
    public async Task What_is_gone_again_into_the_same_trash_keeps_its_record_and_comes_back_with_the_next_restore()
    {
        var before = _folder.Files();
        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        var trash = Directory.GetDirectories(_folder.Combine("runs/.trash")).Single();
        Once(() =>
        {
            var back = Directory.GetFiles(_folder.Combine("runs/a/checkpoint-1")).Single();
            Directory.CreateDirectory(Path.Join(trash, "a/checkpoint-1"));
            File.Move(back, Path.Join(trash, "a/checkpoint-1", Path.GetFileName(back)));
            return Task.CompletedTask;
        });

        var report = await Engine.RestoreCheckpointsAsync(Restore);
        var again = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(report.Units.Concat(again.Units).Select(static u => u.Result), Is.EqualTo(new[] { RestoreResult.Failed, RestoreResult.Restored }));
        Assert.That(_folder.Files(), Is.EqualTo(before));
    }

    [Test]
    public async Task What_comes_into_the_trash_meanwhile_keeps_its_record()
    {
        await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        var trash = Directory.GetDirectories(_folder.Combine("runs/.trash")).Single();
        Once(() =>
        {
            var back = Directory.GetFiles(_folder.Combine("runs/a/checkpoint-1")).Single();
            Directory.CreateDirectory(Path.Join(trash, "a/checkpoint-1"));
            File.Copy(back, Path.Join(trash, "a/checkpoint-1", Path.GetFileName(back)));
            return Task.CompletedTask;
        });

        var report = await Engine.RestoreCheckpointsAsync(Restore);
        var left = _folder.Files("runs/.trash");
        var again = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(left, Has.Exactly(2).Items.And.Some.Contains("/.trainctl-trash/a/checkpoint-1."));
        Assert.That((report.ExitCode, again.ExitCode, Directory.Exists(_folder.Combine("runs/.trash"))), Is.EqualTo((1, 0, false)));
    }

    private TrainctlEngine Engine => new(TestHost.For(_folder) with { OpenStore = (_, _, _) => _store });

    /// <summary>Does something after the first rename.</summary>
    private void Once(Func<Task> action) => _store.OnRenamed = _ =>
    {
        _store.OnRenamed = null;
        action().GetAwaiter().GetResult();
    };
}
