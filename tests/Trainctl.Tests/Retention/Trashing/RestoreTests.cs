using Microsoft.Extensions.Time.Testing;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>What comes back from the trash.</summary>
public sealed class RestoreTests : TrashFixture
{
    [Test]
    public async Task What_is_thrown_away_comes_back_as_it_was_and_is_seen_by_nobody_meanwhile()
    {
        var before = await ContentAsync();

        var report = await Engine.PruneCheckpointsAsync(Prune);
        var catalog = await Scene.ReadAsync();
        var review = await Engine.ReviewArtifactsAsync(new() { Location = "s3://memory", Detailed = true });
        var restored = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(await ContentAsync(), Is.EqualTo(before));
        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => u.Path), Is.EqualTo(new[] { "run/checkpoint-3" }));
            Assert.That((catalog.OtherObjects.Count, catalog.TrashObjects.Count), Is.EqualTo((0, 12)));
            Assert.That(review.Runs.Single().Units.Select(static u => u.Path), Is.EqualTo(new[] { "run/checkpoint-3" }));
            Assert.That(review.Kinds.Select(static k => (k.Kind, k.Objects)), Is.EqualTo(new[] { (ArtifactKind.Checkpoint, 5L), (ArtifactKind.Trash, 12L) }));
            Assert.That(review.AllObjects.Where(static o => o.Kind == ArtifactKind.Trash).Select(static o => o.Key), Is.All.StartsWith(".trash/"));
            Assert.That((report.BytesFreed, report.BytesMoved), Is.EqualTo((0L, 2 * catalog.Units.Single().Bytes)));
            Assert.That(report.Objects.Select(static o => o.Action), Is.All.EqualTo(ObjectAction.Move));
            Assert.That(restored.Units, Is.EqualTo(new RestoredUnit[]
            {
                new("run/checkpoint-1", 558, RestoreResult.Restored, "whole in the trash"),
                new("run/checkpoint-2", 558, RestoreResult.Restored, "whole in the trash"),
            }));
        });
    }

    [Test]
    public async Task A_manifest_leaves_first_and_comes_back_last()
    {
        var order = new List<string>();
        Store.OnDelete = keys => order.AddRange(keys);

        await Engine.PruneCheckpointsAsync(Prune);
        await Engine.RestoreCheckpointsAsync(Restore with { Path = "run/checkpoint-1" });

        Assert.Multiple(() =>
        {
            Assert.That(order[0], Is.EqualTo("run/checkpoint-1/trainer_state.json"));
            Assert.That(Store.Writes[0], Does.Match(@"^\.trash/20240601T120000Z/\.trainctl-trash/run/checkpoint-1\.[0-9a-f]{8}\.json$"));
            Assert.That(Store.Writes.Last(static k => !k.StartsWith(".trash/", StringComparison.Ordinal)), Is.EqualTo("run/checkpoint-1/trainer_state.json"));
        });
    }

    [Test]
    public async Task What_came_back_before_the_store_failed_is_reported()
    {
        await Engine.PruneCheckpointsAsync(Prune);
        Store.OnHead = static key => FailAt(key, "run/checkpoint-2/model.safetensors");

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => (u.Path, u.Result)), Is.EqualTo(new[] { ("run/checkpoint-1", RestoreResult.Restored), ("run/checkpoint-2", RestoreResult.Failed) }));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
            Assert.That(report.FailureText, Does.StartWith("TRAINCTL1005: ").And.EndWith("No answer."));
            Assert.That(report.Objects.Where(static o => o.Result == OutcomeResult.Failed).Select(static o => o.Key), Is.All.StartsWith("run/checkpoint-2/").And.Exactly(5).Items);
        });
    }

    /// <summary>All of it is back, and the store fails as the restore looks whether it stays so.</summary>
    [Test]
    public async Task What_came_back_before_the_last_look_failed_is_reported()
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Store.OnListed = static key => FailAt(key, "run/checkpoint-1/trainer_state.json");

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => (u.Path, u.Result)), Is.EqualTo(new[] { ("run/checkpoint-1", RestoreResult.Failed) }));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
            Assert.That(report.Objects.Select(static o => o.Key), Is.Unique);
            Assert.That(report.Objects.Select(static o => o.Result), Is.All.EqualTo(OutcomeResult.Done));
        });
    }

    [Test]
    public async Task Nothing_is_replaced_and_nothing_is_mixed()
    {
        await Engine.PruneCheckpointsAsync(Prune);
        Scene.Put("run/checkpoint-1/optimizer.pt", "mine").Put("run/checkpoint-2/mine.txt", "mine");
        var before = await ContentAsync();

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(await ContentAsync(), Is.EqualTo(before));
        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.All.EqualTo(RestoreResult.Failed).And.Exactly(2).Items);
            Assert.That(report.Objects.Select(static o => o.Result), Is.All.EqualTo(OutcomeResult.Refused));
            Assert.That(report.Objects.Single(static o => o.Key == "run/checkpoint-1/optimizer.pt").ErrorCode, Is.EqualTo("TRAINCTL3003"));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        });
    }

    [Test]
    public async Task What_is_not_whole_in_the_trash_stays_there()
    {
        await Engine.PruneCheckpointsAsync(Prune);
        Scene.Remove(".trash/20240601T120000Z/run/checkpoint-1/optimizer.pt");

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { RestoreResult.Failed, RestoreResult.Restored }));
            Assert.That(report.Units[0].Why, Does.Contain("checkpoint-1/optimizer.pt"));
        });
    }

    [Test]
    public async Task A_restore_that_was_interrupted_ends_with_the_next_one()
    {
        var before = await ContentAsync();
        await Engine.PruneCheckpointsAsync(Prune);
        Store.OnWrite = static key => FailAt(key, "run/checkpoint-1/trainer_state.json");
        await Engine.RestoreCheckpointsAsync(Restore);
        var half = await Scene.StateAsync("run/checkpoint-1");
        Store.OnWrite = null;

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(await ContentAsync(), Is.EqualTo(before));
        Assert.That((half.State, report.ExitCode), Is.EqualTo((CheckpointState.Incomplete, 0)));
    }

    [Test]
    public async Task What_cannot_leave_the_trash_is_still_known_as_trash()
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Store.Undeletable.Add(".trash/20240601T120000Z/run/checkpoint-1/model.safetensors");

        var report = await Engine.RestoreCheckpointsAsync(Restore);
        var catalog = await Scene.ReadAsync();
        Store.Undeletable.Clear();
        var again = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That((report.ExitCode, again.ExitCode), Is.EqualTo((ErrorCatalog.PartialFailure, 0)));
            Assert.That(catalog.Units.Select(static u => u.Path), Is.EqualTo(new[] { "run/checkpoint-1", "run/checkpoint-2", "run/checkpoint-3" }));
            Assert.That(catalog.TrashObjects, Has.Count.EqualTo(2));
        });
        Assert.That((await Scene.ReadAsync()).TrashObjects, Is.Empty);
    }

    /// <summary>A copy in the trash, or the record of it, that is another object by the time it would be deleted.</summary>
    [TestCase("run/checkpoint-1/model.safetensors")]
    [TestCase(".trainctl-trash/run/checkpoint-1")]
    public async Task What_changes_in_the_trash_meanwhile_is_not_deleted(string name)
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        var key = (await Scene.ReadAsync()).TrashObjects.Single(o => o.Key.StartsWith($".trash/20240601T120000Z/{name}", StringComparison.Ordinal)).Key;
        Store.OnDelete = keys =>
        {
            if (keys.Contains(key))
                Scene.Put(key, "mine");
        };

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        await using var left = await Scene.Store.OpenReadAsync(key);
        using var text = new StreamReader(left);
        Assert.Multiple(async () =>
        {
            Assert.That(await text.ReadToEndAsync(), Is.EqualTo("mine"));
            Assert.That(report.Objects.Single(o => o.Key == key).ErrorCode, Is.EqualTo("TRAINCTL3003"));
            Assert.That((await Scene.StateAsync("run/checkpoint-1")).State, Is.EqualTo(CheckpointState.Complete));
        });
    }

    [Test]
    public async Task The_newest_folder_is_taken_and_another_on_request()
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Time.Advance(TimeSpan.FromDays(1));
        await Engine.PruneCheckpointsAsync(Prune);

        var newest = await Engine.RestoreCheckpointsAsync(Restore with { DryRun = true });
        var older = await Engine.RestoreCheckpointsAsync(Restore with { DryRun = true, At = "20240601T120000Z" });
        var named = await Engine.RestoreCheckpointsAsync(Restore with { DryRun = true, Path = "run/checkpoint-1/" });

        Assert.That(
            new[] { newest, older, named }.Select(static r => (r.At, r.Units.Single().Path, r.Units.Single().Result)),
            Is.EqualTo(new[]
            {
                ("20240602T120000Z", "run/checkpoint-2", RestoreResult.Planned),
                ("20240601T120000Z", "run/checkpoint-1", RestoreResult.Planned),
                ("20240601T120000Z", "run/checkpoint-1", RestoreResult.Planned),
            }));
    }
}
