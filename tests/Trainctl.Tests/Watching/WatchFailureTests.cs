using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Watching;
using static Trainctl.Tests.Watching.WatchScene;

namespace Trainctl.Tests.Watching;

/// <summary>Looks that fail, or that do not see everything: nothing is taken for deleted because of them.</summary>
public sealed class WatchFailureTests
{
    private WatchScene _scene = null!;

    [SetUp]
    public async Task SetUp()
    {
        _scene = new WatchScene();
        foreach (var key in new[] { "a", "b/c", "d" })
            await _scene.PutAsync(key);
    }

    [TearDown]
    public void TearDown() => _scene.Dispose();

    [Test]
    public async Task A_first_look_that_fails_is_an_error_at_once([Values] bool withState)
    {
        if (withState)
            await _scene.LookAsync(_scene.Remembering);
        DenyAt("a");

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.WatchAsync(_scene.Remembering));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.AccessDenied));
        Assert.That(File.Exists(_scene.Folder.Combine("watch.json")), Is.EqualTo(withState));
    }

    [Test]
    public async Task A_later_look_that_is_denied_half_way_is_a_problem_and_is_done_again([Values] bool completeOnly)
    {
        await _scene.PutCheckpointAsync("b/checkpoint-1");
        var settings = _scene.Settings with { CompleteOnly = completeOnly, Exclude = completeOnly ? [] : ["checkpoint-1/"] };
        await _scene.PutCheckpointAsync("e/checkpoint-1");

        var events = await _scene.WatchAsync(settings, () => DenyAsync("b/c"), static () => Task.CompletedTask, async () =>
        {
            AllowAll();
            await _scene.DeleteAsync("d", "e/checkpoint-1/config.json", "e/checkpoint-1/model.safetensors", "e/checkpoint-1/trainer_state.json");
        });

        Assert.That(Summary(events).Distinct(), Is.EqualTo(completeOnly
            ? ["problem", "deleted e/checkpoint-1"]
            : new[] { "problem", "deleted d", "deleted e/checkpoint-1/config.json", "deleted e/checkpoint-1/model.safetensors", "deleted e/checkpoint-1/trainer_state.json" }));
        Assert.That(events.Count(static e => e.Kind == WatchEventKind.Problem), Is.EqualTo(2));
        Assert.That((events[0].ErrorCode, events[0].Url, events[0].Error), Is.EqualTo(("TRAINCTL1002", "s3://lab/runs", "Denied.")));
    }

    [Test]
    public async Task A_bucket_that_vanishes_deletes_nothing()
    {
        _scene.Store.OnListed = null;

        var events = await _scene.WatchAsync(_scene.Settings, () =>
        {
            _scene.Store.OnListed = static _ => throw new TrainctlException(TrainctlError.StoreNotFound, "Gone.");
            return Task.CompletedTask;
        });

        Assert.That(Summary(events), Is.EqualTo(new[] { "problem" }));
    }

    [Test]
    public async Task The_longer_it_fails_the_longer_it_waits_until_it_succeeds()
    {
        await _scene.WatchAsync(_scene.Settings, () => DenyAsync("a"), static () => Task.CompletedTask, static () => Task.CompletedTask, AllowAsync, static () => Task.CompletedTask);

        Assert.That(_scene.Time.Waits.Select(static w => w.TotalSeconds), Is.EqualTo(new double[] { 10, 20, 40, 80, 10, 10 }));
    }

    [TestCase(10, 0, 10)]
    [TestCase(10, 4, 160)]
    [TestCase(10, 5, 300)]
    [TestCase(10, int.MaxValue, 300)]
    [TestCase(1000, 0, 1000)]
    [TestCase(1000, 3, 1000)]
    [TestCase(200, 1, 300)]
    public void Waiting_grows_to_five_minutes_and_is_never_shorter_than_the_interval(double interval, int failures, double expected) =>
        Assert.That(WatchBackoff.DelayAfter(TimeSpan.FromSeconds(interval), failures).TotalSeconds, Is.EqualTo(expected));

    [Test]
    public async Task An_incomplete_listing_deletes_nothing_until_it_is_complete_again()
    {
        var events = await _scene.WatchAsync(
            _scene.Remembering,
            async () =>
            {
                _scene.Store.Problem = new ListingProblem("b", ListingProblemKind.UnreadableFolder, "The folder 'b' could not be read.");
                await _scene.DeleteAsync("b/c", "d");
                await _scene.PutAsync("e");
            },
            static () => Task.CompletedTask,
            () =>
            {
                _scene.Store.Problem = null;
                return Task.CompletedTask;
            });

        Assert.That(Summary(events), Is.EqualTo(new[] { "problem b", "created e", "deleted b/c", "deleted d" }), "and the problem is said once");
    }

    [Test]
    public async Task An_incomplete_listing_deletes_no_checkpoint()
    {
        await _scene.PutCheckpointAsync("b/checkpoint-1");

        var events = await _scene.WatchAsync(
            _scene.Settings with { CompleteOnly = true },
            async () =>
            {
                _scene.Store.Problem = new ListingProblem("b", ListingProblemKind.UnreadableFolder, "The folder 'b' could not be read.");
                await _scene.DeleteAsync("b/checkpoint-1/config.json", "b/checkpoint-1/model.safetensors", "b/checkpoint-1/trainer_state.json");
                await _scene.PutCheckpointAsync("e/checkpoint-1");
            },
            () =>
            {
                _scene.Store.Problem = null;
                return Task.CompletedTask;
            });

        Assert.That(Summary(events), Is.EqualTo(new[] { "problem b", "created e/checkpoint-1", "deleted b/checkpoint-1" }));
    }

    [Test]
    public async Task What_is_hidden_in_a_folder_that_is_left_out_is_no_problem()
    {
        var events = await _scene.WatchAsync(_scene.Settings with { Exclude = ["lost+found/"] }, () =>
        {
            _scene.Store.Problem = new ListingProblem("lost+found", ListingProblemKind.UnreadableFolder, "The folder 'lost+found' could not be read.");
            return _scene.DeleteAsync("d");
        });

        Assert.That(Summary(events), Is.EqualTo(new[] { "deleted d" }));
    }

    private Task DenyAsync(string at)
    {
        DenyAt(at);
        return Task.CompletedTask;
    }

    private Task AllowAsync()
    {
        AllowAll();
        return Task.CompletedTask;
    }

    private void DenyAt(string at) => _scene.Store.OnListed = key =>
    {
        if (key == at)
            throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
    };

    private void AllowAll() => _scene.Store.OnListed = null;
}
