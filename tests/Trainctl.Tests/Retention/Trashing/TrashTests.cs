using Microsoft.Extensions.Time.Testing;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;
using Trainctl.Transfer;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>What goes to the trash, and what leaves it by age.</summary>
public sealed class TrashTests : TrashFixture
{
    [Test]
    public async Task A_copy_that_fails_leaves_the_checkpoint_where_it_was()
    {
        Store.OnWrite = key => FailAt(key, ".trash/20240601T120000Z/run/checkpoint-1/optimizer.pt");

        var report = await Engine.PruneCheckpointsAsync(Prune);

        var state = await Scene.StateAsync("run/checkpoint-1");
        Assert.Multiple(() =>
        {
            Assert.That(state.State, Is.EqualTo(CheckpointState.Complete));
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Removed, PruneResult.Kept }));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        });
    }

    [Test]
    public async Task What_was_moved_is_reported_when_the_trash_cannot_be_emptied()
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Time.Advance(TimeSpan.FromDays(9));
        Store.OnListed = key =>
        {
            if (Store.Deletions.Any(static d => d.Contains("run/checkpoint-2/model.safetensors")))
                FailAt(key, ".trash/20240601T120000Z/run/checkpoint-1/config.json");
        };

        var report = await Engine.PruneCheckpointsAsync(Prune with { TrashMaxAge = TimeSpan.FromDays(7) });

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Kept }));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
            Assert.That(report.FailureText, Does.EndWith("No answer."));
        });
    }

    [Test]
    public async Task An_interrupted_move_goes_on_in_the_same_folder_of_the_trash()
    {
        var before = await ContentAsync();
        Store.Undeletable.Add("run/checkpoint-1/model.safetensors");
        await Engine.PruneCheckpointsAsync(Prune);
        Store.Undeletable.Clear();
        Time.Advance(TimeSpan.FromHours(1));

        await Engine.PruneCheckpointsAsync(Prune);
        var folders = (await Scene.ReadAsync()).TrashObjects.Select(static o => o.Key.Split('/')[1]).Distinct();
        await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(folders, Is.EqualTo(new[] { "20240601T120000Z" }));
        Assert.That(await ContentAsync(), Is.EqualTo(before));
    }

    /// <summary>A copy that failed its proof may have stayed, as a store may not let it be deleted.</summary>
    [TestCase(true, Description = "other content")]
    [TestCase(false, Description = "without the time of the content")]
    public async Task A_copy_that_is_none_is_made_again_before_anything_is_deleted(bool isDamaged)
    {
        const string key = "run/checkpoint-1/optimizer.pt";
        await StoreWithChecksumAsync(key);
        var before = await ContentAsync();
        var bytes = await ReadAsync(key);
        Store.OnWrite = static key => FailAt(key, ".trash/20240601T120000Z/run/checkpoint-1/trainer_state.json");
        await Engine.PruneCheckpointsAsync(Prune);
        Store.OnWrite = null;
        if (isDamaged)
            bytes[^1] ^= 1;
        var time = isDamaged ? (await Scene.Store.HeadAsync(key))!.ContentModifiedAt : null;
        await Scene.Store.PutAsync($".trash/20240601T120000Z/{key}", bytes, new PutOptions { ContentModifiedAt = time, Checksum = Crc64.Of(bytes) });

        await Engine.PruneCheckpointsAsync(Prune);
        await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(Store.Writes.Count(static k => k == $".trash/20240601T120000Z/{key}"), Is.EqualTo(2));
        Assert.That(Store.Writes.Count(static k => k == ".trash/20240601T120000Z/run/checkpoint-1/model.safetensors"), Is.EqualTo(1), "a copy is not made again");
        Assert.That(await ContentAsync(), Is.EqualTo(before));
    }

    /// <summary>It finds the originals in place and takes the copies away, which were to be all that is left.</summary>
    [Test]
    public async Task What_is_brought_back_while_it_is_copied_is_not_deleted()
    {
        var before = await ContentAsync();
        await using var copying = new CopyingStore(Store);
        var copies = 0;
        copying.OnCopied = _ =>
        {
            if (Interlocked.Increment(ref copies) == 5)
                Engine.RestoreCheckpointsAsync(Restore).GetAwaiter().GetResult();
        };

        var report = await new TrainctlEngine(
            new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => copying, Time = Time }).PruneCheckpointsAsync(Prune with { KeepLast = 2 });

        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Kept, PruneResult.Kept }));
        Assert.That(await ContentAsync(), Is.EqualTo(before));
    }

    /// <summary>What is emptied by the same prune must not take the rest of a checkpoint in.</summary>
    [Test]
    public async Task An_interrupted_move_does_not_go_on_in_a_folder_that_is_emptied()
    {
        Store.Undeletable.Add("run/checkpoint-1/model.safetensors");
        await Engine.PruneCheckpointsAsync(Prune);
        Store.Undeletable.Clear();
        Time.Advance(TimeSpan.FromDays(9));

        await Engine.PruneCheckpointsAsync(Prune with { TrashMaxAge = TimeSpan.FromDays(7) });
        var catalog = await Scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.TrashObjects[0].Key, Does.StartWith(".trash/20240610T120000Z/.trainctl-trash/run/checkpoint-1."));
            Assert.That(catalog.TrashObjects.Skip(1).Select(static o => o.Key), Is.EqualTo(new[] { ".trash/20240610T120000Z/run/checkpoint-1/model.safetensors" }));
            Assert.That(catalog.Units.Select(static u => u.Path), Is.EqualTo(new[] { "run/checkpoint-3" }));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    /// <summary>A training that began anew writes the same names, here with the same sizes and times. What was thrown away before is another checkpoint.</summary>
    [Test]
    public async Task A_checkpoint_of_the_same_name_is_thrown_away_beside_the_earlier_one()
    {
        var first = await OfTheFirstAsync();
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Scene.HuggingFace("run/checkpoint-1", 1).Put("run/checkpoint-1/model.safetensors", OtherSafetensors(), 1);
        var second = await OfTheFirstAsync();
        Time.Advance(TimeSpan.FromDays(1));
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });

        await Engine.RestoreCheckpointsAsync(Restore with { At = "20240602T120000Z" });
        var later = await OfTheFirstAsync();
        await Scene.Store.DeleteAsync([.. later.Select(static l => new DeleteRequest(l.Split(' ')[0]))]);
        await Engine.RestoreCheckpointsAsync(Restore with { At = "20240601T120000Z" });
        var earlier = await OfTheFirstAsync();

        Assert.Multiple(() =>
        {
            Assert.That(second, Is.Not.EqualTo(first).And.Exactly(5).Items, "the scene");
            Assert.That(later, Is.EqualTo(second));
            Assert.That(earlier, Is.EqualTo(first));
        });

        async Task<string[]> OfTheFirstAsync() => [.. (await ContentAsync()).Where(static l => l.StartsWith("run/checkpoint-1/", StringComparison.Ordinal))];
    }

    [Test]
    public async Task No_trash_is_older_than_all_dates()
    {
        await Engine.PruneCheckpointsAsync(Prune);
        Time.Advance(TimeSpan.FromDays(8));

        var report = await Engine.PruneCheckpointsAsync(Prune with { TrashMaxAge = TimeSpan.FromDays(9_999_999) });

        Assert.That((report.ExitCode, report.BytesEmptied), Is.EqualTo((ErrorCatalog.Success, 0L)));
    }

    [Test]
    public async Task Old_trash_is_emptied_and_young_trash_is_not()
    {
        Scene.Put(".trash/mine.txt");
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Time.Advance(TimeSpan.FromDays(8));
        await Engine.PruneCheckpointsAsync(Prune);
        var settings = Prune with { TrashMaxAge = TimeSpan.FromDays(7) };

        var dry = await Engine.PruneCheckpointsAsync(settings with { DryRun = true });
        var real = await Engine.PruneCheckpointsAsync(settings);
        var left = await ContentAsync();

        Assert.Multiple(() =>
        {
            Assert.That(dry.Objects.Select(static o => o.Key), Is.EqualTo(real.Objects.Select(static o => o.Key)).And.Exactly(6).Items);
            Assert.That(real.Objects[^1].Key, Does.StartWith(".trash/20240601T120000Z/.trainctl-trash/run/checkpoint-1."));
            Assert.That((real.BytesFreed, real.BytesKept), Is.EqualTo((real.BytesEmptied, 558L)));
            Assert.That(left.Where(static l => l.StartsWith(".trash/", StringComparison.Ordinal)), Has.Exactly(7).Items.And.None.StartsWith(".trash/20240601"));
        });
    }

    /// <summary>Another machine's clock was three weeks behind when it named the folder.</summary>
    [Test]
    public async Task What_was_moved_there_only_now_is_young_whatever_its_folder_is_called()
    {
        await new TrainctlEngine(new EngineHost
        {
            WorkingDirectory = Path.GetTempPath(),
            Environment = static _ => null,
            OpenStore = (_, _, _) => Store,
            Time = new FakeTimeProvider(Time.GetUtcNow().AddDays(-21)),
        }).PruneCheckpointsAsync(Prune);

        await Engine.PruneCheckpointsAsync(Prune with { TrashMaxAge = TimeSpan.FromDays(14) });
        var restored = await Engine.RestoreCheckpointsAsync(Restore);
        await Engine.PruneCheckpointsAsync(Prune);
        Time.Advance(TimeSpan.FromDays(15));
        var emptied = await Engine.PruneCheckpointsAsync(Prune with { TrashMaxAge = TimeSpan.FromDays(14) });

        Assert.That(restored.At, Is.EqualTo("20240511T120000Z"));
        Assert.That(restored.Units.Select(static u => u.Result), Is.All.EqualTo(RestoreResult.Restored).And.Exactly(2).Items);
        Assert.That(emptied.BytesEmptied, Is.GreaterThan(0));
    }

    [TestCase("")]
    [TestCase("/")]
    [TestCase("/absolute")]
    [TestCase("a/../b")]
    [TestCase("a//b")]
    [TestCase("20240601T120000Z")]
    [TestCase("s3://bucket/x")]
    public async Task A_name_that_is_no_place_below_the_location_is_refused(string trash)
    {
        var prune = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.PruneCheckpointsAsync(Prune with { Trash = trash })))!;
        var restore = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.RestoreCheckpointsAsync(Restore with { Trash = trash })))!;

        Assert.That(new[] { prune, restore }.Select(static e => (e.Error, e.Subject)), Is.All.EqualTo((TrainctlError.InvalidSetting, "Trash")));
        Assert.That(Store.Writes, Is.Empty);
    }

    [Test]
    public async Task An_age_without_a_trash_and_a_date_that_is_none_are_refused()
    {
        var age = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.PruneCheckpointsAsync(Prune with { Trash = null, TrashMaxAge = TimeSpan.FromDays(1) })))!;
        var date = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.RestoreCheckpointsAsync(Restore with { At = "yesterday" })))!;
        var nothing = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.RestoreCheckpointsAsync(Restore)))!;

        Assert.That(
            new[] { age, date, nothing }.Select(static e => (e.Error, e.Subject)),
            Is.EqualTo(new[] { (TrainctlError.InvalidSetting, "TrashMaxAge"), (TrainctlError.InvalidSetting, "At"), (TrainctlError.SourceNotFound, ".trash") }));
    }

    /// <summary>Runs are often named after their time; only a record makes a folder a trash.</summary>
    [Test]
    public async Task A_run_named_like_a_date_is_no_trash()
    {
        Scene.HuggingFace("20240101T000000Z/checkpoint-1", 1).HuggingFace("20240101T000000Z/checkpoint-2", 2).Put("20240101T000000Z/.trash/20240601T120000Z/.trainctl-trash/x.json");

        var catalog = await Scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Count(), Is.EqualTo(5));
            Assert.That(catalog.TrashObjects.Select(static o => o.Key), Is.EqualTo(new[] { "20240101T000000Z/.trash/20240601T120000Z/.trainctl-trash/x.json" }));
        });
    }

    private static byte[] OtherSafetensors()
    {
        var content = ModelFile.Safetensors();
        content[^1] ^= 1;
        return content;
    }

    private async Task StoreWithChecksumAsync(string key)
    {
        var found = (await Scene.Store.HeadAsync(key))!;
        var bytes = await ReadAsync(key);
        await Scene.Store.PutAsync(key, bytes, new PutOptions { ContentModifiedAt = found.ContentModifiedAt, Checksum = Crc64.Of(bytes) });
    }

    private async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await Scene.Store.OpenReadAsync(key);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
