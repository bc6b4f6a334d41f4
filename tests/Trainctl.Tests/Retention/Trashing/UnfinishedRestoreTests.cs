using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A restore that ended when all was back, and before its record and its mark were gone.</summary>
public sealed class UnfinishedRestoreTests : TrashFixture
{
    private const string Why = "all of it is in its place already";

    private string[] _before = null!;

    [SetUp]
    public async Task Begin() => _before = await ContentAsync();

    [Test]
    public async Task The_next_one_ends_it([Values] bool hasMark, [Values] bool hasMore, [Values] bool dryRun)
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        await EndEarlyAsync(hasMark);
        if (hasMore)
            Scene.Put("run/checkpoint-1/eval_results.json", "{}");
        var between = await ContentAsync();

        var report = await Engine.RestoreCheckpointsAsync(Restore with { DryRun = dryRun });

        Assert.Multiple(async () =>
        {
            Assert.That(report.ExitCode, Is.Zero);
            Assert.That(report.Units, Is.EqualTo(new[] { new RestoredUnit("run/checkpoint-1", 558, dryRun ? RestoreResult.Planned : RestoreResult.Restored, Why) }));
            Assert.That(report.Objects, Is.Empty);
            Assert.That(await ContentAsync(), Is.EqualTo(dryRun ? between : between.Where(static l => !l.StartsWith(".trash/", StringComparison.Ordinal))));
        });
        if (!dryRun)
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => Engine.RestoreCheckpointsAsync(Restore)))!.Error, Is.EqualTo(TrainctlError.SourceNotFound));
    }

    [Test]
    public async Task What_has_changed_since_is_not_said_to_be_back()
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        await EndEarlyAsync(hasMark: true);
        Scene.Put("run/checkpoint-1/optimizer.pt", ModelFile.Zip(), 5);

        Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => Engine.RestoreCheckpointsAsync(Restore)))!.Error, Is.EqualTo(TrainctlError.SourceNotFound));
    }

    /// <summary>Without a mark it may be a prune that never began.</summary>
    [Test]
    public async Task What_is_whole_in_an_older_folder_comes_first_where_no_mark_tells_of_a_restore([Values] bool hasMark)
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Time.Advance(TimeSpan.FromDays(1));
        await Engine.PruneCheckpointsAsync(Prune);
        await EndEarlyAsync(hasMark);

        var report = await Engine.RestoreCheckpointsAsync(Restore);
        var rest = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(report.Units.Single().Path, Is.EqualTo(hasMark ? "run/checkpoint-2" : "run/checkpoint-1"));
        Assert.That(rest.Units.Single().Path, Is.EqualTo(hasMark ? "run/checkpoint-1" : "run/checkpoint-2"));
        Assert.That(await ContentAsync(), Is.EqualTo(_before));
    }

    /// <summary>A prune that has just begun looks the same: its record is written, and nothing has been copied.</summary>
    [Test]
    public async Task A_prune_that_had_just_begun_keeps_its_record()
    {
        await using var copying = new CopyingStore(Store);
        var engine = new TrainctlEngine(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => copying, Time = Time });
        RestoreReport? meanwhile = null;
        copying.OnCopy = key =>
        {
            if (meanwhile is null)
                meanwhile = Engine.RestoreCheckpointsAsync(Restore).GetAwaiter().GetResult();
        };

        var report = await engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        var restored = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That((meanwhile!.Units.Single().Why, report.Units[0].Result, restored.Units.Single().Why), Is.EqualTo((Why, PruneResult.Removed, "whole in the trash")));
        Assert.That(await ContentAsync(), Is.EqualTo(_before));
    }

    /// <summary>Restores, and has the store keep what goes last: the record, and perhaps the mark.</summary>
    private async Task EndEarlyAsync(bool hasMark)
    {
        Store.OnDelete = keys => Store.Undeletable.UnionWith(keys.Where(k => k.EndsWith(".json", StringComparison.Ordinal) && k.Contains("/.trainctl-trash/", StringComparison.Ordinal)
            || (hasMark && k.EndsWith(".back", StringComparison.Ordinal))));
        await Engine.RestoreCheckpointsAsync(Restore);
        Store.OnDelete = null;
        Store.Undeletable.Clear();
        Assert.That((await Scene.ReadAsync()).TrashObjects.Count(static o => o.Key.StartsWith(".trash/20240602", StringComparison.Ordinal)
            || !o.Key.Contains("/run/checkpoint-1/", StringComparison.Ordinal)), Is.AtLeast(hasMark ? 2 : 1));
    }
}
