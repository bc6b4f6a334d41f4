using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Watching;
using static Trainctl.Tests.Watching.WatchScene;

namespace Trainctl.Tests.Watching;

/// <summary>Checkpoints that become whole, change and go.</summary>
public sealed class WatchCheckpointsTests
{
    private const string Path = "digits/checkpoint-100";
    private WatchScene _scene = null!;

    [SetUp]
    public void SetUp() => _scene = new WatchScene { Settings = new() { Location = "s3://lab/runs", CompleteOnly = true } };

    [TearDown]
    public void TearDown() => _scene.Dispose();

    [Test]
    public async Task A_checkpoint_is_reported_once_when_it_is_whole()
    {
        await _scene.PutCheckpointAsync(Path, "config.json");

        var events = await _scene.WatchAsync(
            _scene.Settings,
            () => _scene.PutCheckpointAsync(Path, "model.safetensors"),
            () => _scene.PutCheckpointAsync(Path, "trainer_state.json"),
            static () => Task.CompletedTask);

        var seen = events.Single();
        Assert.Multiple(() =>
        {
            Assert.That((seen.Kind, seen.Key, seen.Url), Is.EqualTo((WatchEventKind.Created, Path, "s3://lab/runs/" + Path)));
            Assert.That((seen.Checkpoint!.Layout, seen.Checkpoint.Run, seen.Checkpoint.Step, seen.Checkpoint.Objects), Is.EqualTo(("huggingface-trainer", "digits", (long?)100, 3)));
            Assert.That(seen.Checkpoint.Metrics["eval_loss"], Is.EqualTo(0.25));
            Assert.That((seen.ModifiedAt, seen.SeenAt), Is.EqualTo((seen.SeenAt - _scene.Settings.Interval, _scene.Time.GetUtcNow() - (2 * _scene.Settings.Interval))));
        });
    }

    [Test]
    public async Task A_manifest_and_a_pin_that_come_later_do_not_make_it_another_one()
    {
        var events = await _scene.WatchAsync(
            _scene.Settings,
            () => _scene.PutCheckpointAsync(Path),
            () => _scene.PutAsync($"{Path}/{Manifest.FileName}", "{}"),
            () => _scene.PutAsync($"{Path}/.trainctl-keep", "mine"));

        Assert.That(Summary(events), Is.EqualTo(new[] { $"created {Path}" }));
    }

    [Test]
    public async Task A_manifest_decides_where_there_is_one()
    {
        var events = await _scene.WatchAsync(
            _scene.Settings,
            () => _scene.PutAsync($"{Path}/{Manifest.FileName}", "{}"),
            () => _scene.PutCheckpointAsync(Path),
            () => _scene.DeleteAsync($"{Path}/{Manifest.FileName}"));

        Assert.That(Summary(events), Is.EqualTo(new[] { $"created {Path}" }));
        Assert.That(events[0].SeenAt, Is.EqualTo(_scene.Time.GetUtcNow() - _scene.Settings.Interval), "it was reported while its manifest said otherwise");
    }

    [Test]
    public async Task A_checkpoint_that_is_written_again_is_reported_when_it_is_whole_again()
    {
        await _scene.PutCheckpointAsync(Path);
        var broken = ModelFile.Safetensors().Cut();

        var events = await _scene.WatchAsync(
            _scene.Settings,
            () => _scene.Inner.PutAsync($"{Path}/model.safetensors", broken, new PutOptions()),
            static () => Task.CompletedTask,
            () => _scene.PutCheckpointAsync(Path, "model.safetensors"));

        Assert.That(Summary(events), Is.EqualTo(new[] { $"changed {Path}" }));
        Assert.That(events[0].SeenAt, Is.EqualTo(_scene.Time.GetUtcNow() - _scene.Settings.Interval));
    }

    [Test]
    public async Task A_checkpoint_is_deleted_when_nothing_of_it_is_left()
    {
        await _scene.PutCheckpointAsync(Path);

        var events = await _scene.WatchAsync(
            _scene.Settings,
            () => _scene.DeleteAsync($"{Path}/trainer_state.json"),
            () => _scene.DeleteAsync($"{Path}/config.json", $"{Path}/model.safetensors"));

        Assert.That(Summary(events), Is.EqualTo(new[] { $"deleted {Path}" }));
        Assert.That((events[0].Checkpoint!.Step, events[0].SeenAt), Is.EqualTo(((long?)100, _scene.Time.GetUtcNow() - _scene.Settings.Interval)));
    }

    [Test]
    public async Task A_checkpoint_that_was_never_whole_goes_without_a_word()
    {
        await _scene.PutCheckpointAsync(Path, "config.json");

        var events = await _scene.WatchAsync(_scene.Settings, () => _scene.DeleteAsync($"{Path}/config.json"));

        Assert.That(events, Is.Empty);
    }

    [Test]
    public async Task Only_what_is_new_or_changed_is_read()
    {
        await _scene.PutCheckpointAsync("digits/checkpoint-100");
        await _scene.PutCheckpointAsync("digits/checkpoint-200", "config.json", "model.safetensors");
        var reads = new List<int>();

        await _scene.WatchAsync(_scene.Settings, Note, Note, NoteAndPutAsync, Note, Note);

        Assert.That(reads[0], Is.Positive);
        Assert.That(reads[1], Is.EqualTo(reads[0]), "a steady state was read");
        Assert.That(_scene.Store.Reads.Skip(reads[2]).Where(static k => !k.StartsWith("digits/checkpoint-300/", StringComparison.Ordinal)), Is.Empty);
        Assert.That(reads[3], Is.GreaterThan(reads[2]));
        Assert.That((reads[4], _scene.Store.Reads.Count), Is.EqualTo((reads[3], reads[3])));
        Assert.That(_scene.Store.Listings, Is.EqualTo(6));

        Task Note()
        {
            reads.Add(_scene.Store.Reads.Count);
            return Task.CompletedTask;
        }

        async Task NoteAndPutAsync()
        {
            await Note();
            await _scene.PutCheckpointAsync("digits/checkpoint-300");
        }
    }

    /// <summary>Ray writes its list after the checkpoint.</summary>
    [Test]
    public async Task A_checkpoint_is_reported_when_the_list_of_its_run_has_it()
    {
        foreach (var (key, content) in RayTrainRun.Checkpoint("run/checkpoint_000001").Append(RayTrainRun.Snapshot("run")))
            await PutAsync(key, content);

        var events = await _scene.WatchAsync(
            _scene.Settings,
            static () => Task.CompletedTask,
            () => PutAsync("run/" + RaySnapshot.FileName, RayTrainRun.Snapshot("run", ("checkpoint_000001", 0.5)).Content),
            static () => Task.CompletedTask);

        Assert.That(Summary(events), Is.EqualTo(new[] { "created run/checkpoint_000001" }));
        Assert.That(events[0].Checkpoint!.Metrics["loss"], Is.EqualTo(0.5));

        Task PutAsync(string key, byte[] content) => _scene.Inner.PutAsync(key, content, new PutOptions());
    }

    [Test]
    public async Task What_could_not_be_read_is_a_problem_and_is_tried_again()
    {
        _scene.Store.OnRead = static key => throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);

        var events = await _scene.WatchAsync(_scene.Settings, () => _scene.PutCheckpointAsync(Path), static () => Task.CompletedTask, () =>
        {
            _scene.Store.OnRead = null;
            return Task.CompletedTask;
        });

        Assert.That(Summary(events), Is.EqualTo(new[] { $"problem {Path}", $"created {Path}" }), "one problem is said once");
        Assert.That(events[0].ErrorCode, Is.EqualTo("TRAINCTL1002"));
    }

    [Test]
    public async Task What_changes_while_it_is_looked_at_is_looked_at_again()
    {
        var torn = false;
        _scene.Store.OnRead = key =>
        {
            if (torn)
                return;
            torn = true;
            throw new TrainctlException(TrainctlError.ChangedDuringTransfer, "It changed.", key);
        };

        var events = await _scene.WatchAsync(_scene.Settings, () => _scene.PutCheckpointAsync(Path), static () => Task.CompletedTask);

        Assert.That(Summary(events), Is.EqualTo(new[] { $"created {Path}" }));
    }

    [Test]
    public async Task A_pattern_finds_what_no_layout_knows_when_it_has_settled()
    {
        var settings = _scene.Settings with { Pattern = new CheckpointPattern(@"^snap-(?<step>\d+)\.bin9$") { SettleTime = TimeSpan.FromSeconds(15) } };

        var events = await _scene.WatchAsync(settings, () => _scene.PutAsync("snap-7.bin9"), static () => Task.CompletedTask, static () => Task.CompletedTask);

        Assert.That(Summary(events), Is.EqualTo(new[] { "created snap-7.bin9" }));
        Assert.That(events[0].SeenAt - events[0].ModifiedAt, Is.EqualTo(TimeSpan.FromSeconds(20)));
    }

    [Test]
    public async Task Filters_choose_checkpoints_by_their_paths()
    {
        var events = await _scene.WatchAsync(_scene.Settings with { Exclude = ["old/"] }, async () =>
        {
            await _scene.PutCheckpointAsync("old/checkpoint-1");
            await _scene.PutCheckpointAsync("new/checkpoint-1");
        });

        Assert.That(Summary(events), Is.EqualTo(new[] { "created new/checkpoint-1" }));
    }

    [Test]
    public async Task Since_asks_when_the_newest_object_was_taken_in()
    {
        await _scene.PutCheckpointAsync("digits/checkpoint-1");
        var since = _scene.Time.GetUtcNow();
        _scene.Time.Advance(TimeSpan.FromMinutes(1));
        await _scene.PutCheckpointAsync("digits/checkpoint-2");

        var events = await _scene.LookAsync(_scene.Settings with { Since = since });

        Assert.That(Summary(events), Is.EqualTo(new[] { "created digits/checkpoint-2" }));
    }

    [Test]
    public async Task What_is_thrown_away_is_deleted_and_not_created_in_the_trash()
    {
        await _scene.PutCheckpointAsync("digits/checkpoint-100");
        await _scene.PutCheckpointAsync("digits/checkpoint-200");
        await _scene.PutCheckpointAsync("digits/checkpoint-300");

        var events = await _scene.WatchAsync(_scene.Settings, () =>
            _scene.Engine().PruneCheckpointsAsync(new() { Location = "s3://lab/runs", KeepLast = 1, Trash = ".trash" }));

        Assert.That(Summary(events), Is.EqualTo(new[] { "deleted digits/checkpoint-100", "deleted digits/checkpoint-200" }));
    }
}
