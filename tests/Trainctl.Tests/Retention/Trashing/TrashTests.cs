using Microsoft.Extensions.Time.Testing;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>The trash of a store that can only copy, as buckets are.</summary>
public sealed class TrashTests
{
    private static readonly PruneCheckpointsSettings Prune = new() { Location = "s3://memory", KeepLast = 1, Trash = ".trash" };
    private static readonly RestoreCheckpointsSettings Restore = new() { Location = "s3://memory" };

    private CatalogScene _scene = null!;
    private HookedStore _store = null!;
    private FakeTimeProvider _time = null!;
    private TrainctlEngine _engine = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene().HuggingFace("run/checkpoint-1", 1).HuggingFace("run/checkpoint-2", 2).HuggingFace("run/checkpoint-3", 3);
        _store = new HookedStore(_scene.Store);
        _time = new FakeTimeProvider(new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.Zero));
        _engine = new(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => _store, Time = _time });
    }

    [TearDown]
    public async Task TearDown() => await _store.DisposeAsync();

    [Test]
    public async Task A_copy_that_fails_leaves_the_checkpoint_where_it_was()
    {
        _store.OnWrite = key => FailAt(key, ".trash/20240601T120000Z/run/checkpoint-1/optimizer.pt");

        var report = await _engine.PruneCheckpointsAsync(Prune);

        var state = await _scene.StateAsync("run/checkpoint-1");
        Assert.Multiple(() =>
        {
            Assert.That(state.State, Is.EqualTo(CheckpointState.Complete));
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Removed, PruneResult.Kept }));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        });
    }

    [Test]
    public async Task What_is_thrown_away_comes_back_as_it_was_and_is_seen_by_nobody_meanwhile()
    {
        var before = await ContentAsync();

        var report = await _engine.PruneCheckpointsAsync(Prune);
        var catalog = await _scene.ReadAsync();
        var review = await _engine.ReviewArtifactsAsync(new() { Location = "s3://memory", Detailed = true });
        var restored = await _engine.RestoreCheckpointsAsync(Restore);

        Assert.That(await ContentAsync(), Is.EqualTo(before));
        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => u.Path), Is.EqualTo(new[] { "run/checkpoint-3" }));
            Assert.That((catalog.OtherObjects.Count, catalog.TrashObjects.Count), Is.EqualTo((0, 12)));
            Assert.That(review.AllObjects.Select(static o => o.Key), Is.All.StartsWith("run/checkpoint-3/"));
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
        _store.OnDelete = keys => order.AddRange(keys);

        await _engine.PruneCheckpointsAsync(Prune);
        await _engine.RestoreCheckpointsAsync(Restore with { Path = "run/checkpoint-1" });

        Assert.Multiple(() =>
        {
            Assert.That(order[0], Is.EqualTo("run/checkpoint-1/trainer_state.json"));
            Assert.That(_store.Writes[0], Does.Match(@"^\.trash/20240601T120000Z/\.trainctl-trash/run/checkpoint-1\.[0-9a-f]{8}\.json$"));
            Assert.That(_store.Writes[^1], Is.EqualTo("run/checkpoint-1/trainer_state.json"));
        });
    }

    [Test]
    public async Task Nothing_is_replaced_and_nothing_is_mixed()
    {
        await _engine.PruneCheckpointsAsync(Prune);
        _scene.Put("run/checkpoint-1/optimizer.pt", "mine").Put("run/checkpoint-2/mine.txt", "mine");
        var before = await ContentAsync();

        var report = await _engine.RestoreCheckpointsAsync(Restore);

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
        await _engine.PruneCheckpointsAsync(Prune);
        _scene.Remove(".trash/20240601T120000Z/run/checkpoint-1/optimizer.pt");

        var report = await _engine.RestoreCheckpointsAsync(Restore);

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
        await _engine.PruneCheckpointsAsync(Prune);
        _store.OnWrite = static key => FailAt(key, "run/checkpoint-1/trainer_state.json");
        await _engine.RestoreCheckpointsAsync(Restore);
        var half = await _scene.StateAsync("run/checkpoint-1");
        _store.OnWrite = null;

        var report = await _engine.RestoreCheckpointsAsync(Restore);

        Assert.That(await ContentAsync(), Is.EqualTo(before));
        Assert.That((half.State, report.ExitCode), Is.EqualTo((CheckpointState.Incomplete, 0)));
    }

    [Test]
    public async Task An_interrupted_move_goes_on_in_the_same_folder_of_the_trash()
    {
        var before = await ContentAsync();
        _store.Undeletable.Add("run/checkpoint-1/model.safetensors");
        await _engine.PruneCheckpointsAsync(Prune);
        _store.Undeletable.Clear();
        _time.Advance(TimeSpan.FromHours(1));

        await _engine.PruneCheckpointsAsync(Prune);
        var folders = (await _scene.ReadAsync()).TrashObjects.Select(static o => o.Key.Split('/')[1]).Distinct();
        await _engine.RestoreCheckpointsAsync(Restore);

        Assert.That(folders, Is.EqualTo(new[] { "20240601T120000Z" }));
        Assert.That(await ContentAsync(), Is.EqualTo(before));
    }

    /// <summary>What is emptied by the same prune must not take the rest of a checkpoint in.</summary>
    [Test]
    public async Task An_interrupted_move_does_not_go_on_in_a_folder_that_is_emptied()
    {
        _store.Undeletable.Add("run/checkpoint-1/model.safetensors");
        await _engine.PruneCheckpointsAsync(Prune);
        _store.Undeletable.Clear();
        _time.Advance(TimeSpan.FromDays(9));

        await _engine.PruneCheckpointsAsync(Prune with { TrashMaxAge = TimeSpan.FromDays(7) });
        var catalog = await _scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.TrashObjects[0].Key, Does.StartWith(".trash/20240610T120000Z/.trainctl-trash/run/checkpoint-1."));
            Assert.That(catalog.TrashObjects.Skip(1).Select(static o => o.Key), Is.EqualTo(new[] { ".trash/20240610T120000Z/run/checkpoint-1/model.safetensors" }));
            Assert.That(catalog.Units.Select(static u => u.Path), Is.EqualTo(new[] { "run/checkpoint-3" }));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    [Test]
    public async Task What_cannot_leave_the_trash_is_still_known_as_trash()
    {
        await _engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        _store.Undeletable.Add(".trash/20240601T120000Z/run/checkpoint-1/model.safetensors");

        var report = await _engine.RestoreCheckpointsAsync(Restore);
        var catalog = await _scene.ReadAsync();
        _store.Undeletable.Clear();
        var again = await _engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That((report.ExitCode, again.ExitCode), Is.EqualTo((ErrorCatalog.PartialFailure, 0)));
            Assert.That(catalog.Units.Select(static u => u.Path), Is.EqualTo(new[] { "run/checkpoint-1", "run/checkpoint-2", "run/checkpoint-3" }));
            Assert.That(catalog.TrashObjects, Has.Count.EqualTo(2));
        });
        Assert.That((await _scene.ReadAsync()).TrashObjects, Is.Empty);
    }

    [Test]
    public async Task The_newest_folder_is_taken_and_another_on_request()
    {
        await _engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        _time.Advance(TimeSpan.FromDays(1));
        await _engine.PruneCheckpointsAsync(Prune);

        var newest = await _engine.RestoreCheckpointsAsync(Restore with { DryRun = true });
        var older = await _engine.RestoreCheckpointsAsync(Restore with { DryRun = true, At = "20240601T120000Z" });
        var named = await _engine.RestoreCheckpointsAsync(Restore with { DryRun = true, Path = "run/checkpoint-1/" });

        Assert.That(
            new[] { newest, older, named }.Select(static r => (r.At, r.Units.Single().Path, r.Units.Single().Result)),
            Is.EqualTo(new[]
            {
                ("20240602T120000Z", "run/checkpoint-2", RestoreResult.Planned),
                ("20240601T120000Z", "run/checkpoint-1", RestoreResult.Planned),
                ("20240601T120000Z", "run/checkpoint-1", RestoreResult.Planned),
            }));
    }

    [Test]
    public async Task Old_trash_is_emptied_and_young_trash_is_not()
    {
        _scene.Put(".trash/mine.txt");
        await _engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        _time.Advance(TimeSpan.FromDays(8));
        await _engine.PruneCheckpointsAsync(Prune);
        var settings = Prune with { TrashMaxAge = TimeSpan.FromDays(7) };

        var dry = await _engine.PruneCheckpointsAsync(settings with { DryRun = true });
        var real = await _engine.PruneCheckpointsAsync(settings);
        var left = await ContentAsync();

        Assert.Multiple(() =>
        {
            Assert.That(dry.Objects.Select(static o => o.Key), Is.EqualTo(real.Objects.Select(static o => o.Key)).And.Exactly(6).Items);
            Assert.That(real.Objects[^1].Key, Does.StartWith(".trash/20240601T120000Z/.trainctl-trash/run/checkpoint-1."));
            Assert.That((real.BytesFreed, real.BytesKept), Is.EqualTo((real.BytesEmptied, 558L)));
            Assert.That(left.Where(static l => l.StartsWith(".trash/", StringComparison.Ordinal)), Has.Exactly(7).Items.And.None.StartsWith(".trash/20240601"));
        });
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
        var prune = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.PruneCheckpointsAsync(Prune with { Trash = trash })))!;
        var restore = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.RestoreCheckpointsAsync(Restore with { Trash = trash })))!;

        Assert.That(new[] { prune, restore }.Select(static e => (e.Error, e.Subject)), Is.All.EqualTo((TrainctlError.InvalidSetting, "Trash")));
        Assert.That(_store.Writes, Is.Empty);
    }

    [Test]
    public async Task An_age_without_a_trash_and_a_date_that_is_none_are_refused()
    {
        var age = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.PruneCheckpointsAsync(Prune with { Trash = null, TrashMaxAge = TimeSpan.FromDays(1) })))!;
        var date = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.RestoreCheckpointsAsync(Restore with { At = "yesterday" })))!;
        var nothing = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.RestoreCheckpointsAsync(Restore)))!;

        Assert.That(
            new[] { age, date, nothing }.Select(static e => (e.Error, e.Subject)),
            Is.EqualTo(new[] { (TrainctlError.InvalidSetting, "TrashMaxAge"), (TrainctlError.InvalidSetting, "At"), (TrainctlError.SourceNotFound, ".trash") }));
    }

    /// <summary>Runs are often named after their time; only a record makes a folder a trash.</summary>
    [Test]
    public async Task A_run_named_like_a_date_is_no_trash()
    {
        _scene.HuggingFace("20240101T000000Z/checkpoint-1", 1).HuggingFace("20240101T000000Z/checkpoint-2", 2).Put("20240101T000000Z/.trash/20240601T120000Z/.trainctl-trash/x.json");

        var catalog = await _scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Count(), Is.EqualTo(5));
            Assert.That(catalog.TrashObjects.Select(static o => o.Key), Is.EqualTo(new[] { "20240101T000000Z/.trash/20240601T120000Z/.trainctl-trash/x.json" }));
        });
    }

    private static void FailAt(string key, string at)
    {
        if (key == at)
            throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
    }

    /// <summary>Every object with its content and time.</summary>
    private async Task<string[]> ContentAsync()
    {
        var all = new List<string>();
        await foreach (var found in _scene.Store.ListAsync(new ListRequest()))
        {
            await using var stream = await _scene.Store.OpenReadAsync(found.Key);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            all.Add($"{found.Key} {found.ContentModifiedAt:O} {Convert.ToHexString(copy.ToArray())}");
        }

        return [.. all];
    }
}
