using System.Globalization;
using System.Text.Json.Nodes;
using Trainctl.Diagnostics;
using Trainctl.Testing;
using Trainctl.Watching;
using static Trainctl.Tests.Watching.WatchScene;

namespace Trainctl.Tests.Watching;

/// <summary>What a watch remembers from one process to the next.</summary>
public sealed class WatchStateTests
{
    private WatchScene _scene = null!;

    [SetUp]
    public void SetUp() => _scene = new WatchScene();

    [TearDown]
    public void TearDown() => _scene.Dispose();

    private string StatePath => _scene.Folder.Combine("watch.json");

    [Test]
    public async Task What_happened_while_nobody_watched_is_reported_exactly_once()
    {
        await PutAllAsync("a", "b", "c");
        var first = await _scene.WatchAsync(_scene.Remembering);
        await _scene.PutAsync("a", "changed");
        await _scene.DeleteAsync("b");
        await _scene.PutAsync("d");

        var second = await _scene.WatchAsync(_scene.Remembering, static () => Task.CompletedTask);
        var third = await _scene.WatchAsync(_scene.Remembering);

        Assert.Multiple(() =>
        {
            Assert.That(first, Is.Empty);
            Assert.That(Summary(second), Is.EqualTo(new[] { "changed a", "deleted b", "created d" }));
            Assert.That(third, Is.Empty);
        });
    }

    [Test]
    public async Task One_look_reports_what_is_new_since_the_last()
    {
        await _scene.PutAsync("a");
        var first = await _scene.LookAsync(_scene.Remembering);
        await _scene.PutAsync("b");

        var second = await _scene.LookAsync(_scene.Remembering);
        var third = await _scene.LookAsync(_scene.Remembering);

        Assert.That((first.Count, Summary(second).Single(), third.Count), Is.EqualTo((0, "created b", 0)));
        Assert.That(_scene.Time.Waits, Is.Empty);
    }

    [Test]
    public async Task A_first_look_with_nothing_to_compare_with_says_so([Values] bool withSince)
    {
        var log = new ListLog();

        await _scene.Engine(log).WatchAsync(_scene.Remembering with { Once = true, Since = withSince ? DateTimeOffset.MinValue : null }).ToListAsync();

        Assert.That(log.Warnings.Count(static w => w.Contains("nothing to compare with", StringComparison.Ordinal)), Is.EqualTo(withSince ? 0 : 1));
    }

    [Test]
    public async Task A_state_goes_before_since()
    {
        await _scene.PutAsync("a");
        await _scene.LookAsync(_scene.Remembering);

        Assert.That(await _scene.LookAsync(_scene.Remembering with { Since = DateTimeOffset.MinValue }), Is.Empty);
    }

    /// <summary>The process dies while an event is being worked on: that one comes again, those before it do not.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task A_process_that_dies_between_two_events_loses_none_and_repeats_the_one_it_had(bool completeOnly)
    {
        var settings = _scene.Remembering with { CompleteOnly = completeOnly, Layout = completeOnly ? "huggingface-trainer" : null };
        await _scene.LookAsync(settings);
        string[] keys = [.. Enumerable.Range(0, 5).Select(static i => string.Create(CultureInfo.InvariantCulture, $"checkpoint-{i}"))];
        foreach (var key in keys)
            await (completeOnly ? _scene.PutCheckpointAsync(key) : _scene.PutAsync(key));

        for (var killedAt = 0; killedAt < keys.Length; killedAt++)
        {
            var isWaiting = new TaskCompletionSource();
            _scene.Time.OnWait = () =>
            {
                isWaiting.SetResult();
                return Task.Delay(Timeout.Infinite);
            };
            var dying = _scene.Engine().WatchAsync(settings).GetAsyncEnumerator();
            await dying.MoveNextAsync();
            Assert.That(dying.Current.Key, Is.EqualTo(keys[killedAt]), "an event was lost, or came again after it was done");
            // Asking for the next one says that this one is done. After that nobody ever hears of this enumeration again.
            await Task.WhenAny(dying.MoveNextAsync().AsTask(), isWaiting.Task);
        }

        Assert.That(await _scene.LookAsync(settings), Is.Empty);
    }

    [Test]
    public async Task A_consumer_that_leaves_or_fails_gets_the_event_that_it_had_again()
    {
        await _scene.LookAsync(_scene.Remembering);
        await PutAllAsync("a", "b", "c");

        var seen = new List<string>();
        await foreach (var first in _scene.Engine().WatchAsync(_scene.Remembering))
        {
            seen.Add(first.Key);
            if (seen.Count == 2)
                break;
        }

        Assert.That(seen, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(Summary(await _scene.LookAsync(_scene.Remembering)), Is.EqualTo(new[] { "created b", "created c" }));
    }

    [Test]
    public async Task A_stop_asked_for_in_the_middle_ends_the_watch_and_keeps_the_rest_for_later()
    {
        await _scene.LookAsync(_scene.Remembering);
        await PutAllAsync("a", "b", "c");
        using var stop = new CancellationTokenSource();

        var seen = new List<string>();
        await foreach (var first in _scene.Engine().WatchAsync(_scene.Remembering, stop.Token))
        {
            seen.Add(first.Key);
            await stop.CancelAsync();
        }

        Assert.That(seen, Is.EqualTo(new[] { "a" }));
        Assert.That(Summary(await _scene.LookAsync(_scene.Remembering)), Is.EqualTo(new[] { "created b", "created c" }));
    }

    [Test]
    public async Task A_watch_that_was_stopped_before_it_began_is_empty()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        Assert.That(await _scene.Engine().WatchAsync(_scene.Remembering, stopped.Token).ToListAsync(), Is.Empty);
        Assert.That(File.Exists(StatePath), Is.False);
    }

    [Test]
    public async Task Checkpoints_are_remembered_with_what_is_known_of_them_and_are_not_read_again()
    {
        var settings = _scene.Remembering with { CompleteOnly = true };
        await _scene.PutCheckpointAsync("digits/checkpoint-100");
        await _scene.LookAsync(settings);
        var reads = _scene.Store.Reads.Count;
        await _scene.LookAsync(settings);
        var again = _scene.Store.Reads.Count;
        await _scene.DeleteAsync([.. (await _scene.Inner.ListAsync(new()).ToListAsync()).Select(static o => o.Key)]);

        var seen = (await _scene.LookAsync(settings)).Single();

        Assert.That(again, Is.EqualTo(reads).And.Positive);
        Assert.That((seen.Kind, seen.Checkpoint!.Step, seen.Checkpoint.Metrics["eval_loss"]), Is.EqualTo((WatchEventKind.Deleted, (long?)100, 0.25)));
    }

    [Test]
    public async Task A_state_file_in_the_watched_folder_is_no_news()
    {
        _scene.Folder.Write("runs/a", "1");
        var settings = new WatchSettings { Location = "runs", StateFile = "runs/watch.json", Since = DateTimeOffset.MinValue };
        var engine = new TrainctlEngine(TestHost.For(_scene.Folder) with { Time = _scene.Time });

        using var stop = new CancellationTokenSource();
        var steps = 0;
        _scene.Time.OnWait = () => ++steps < 3 ? Task.CompletedTask : stop.CancelAsync();
        var events = await engine.WatchAsync(settings, stop.Token).ToListAsync();

        Assert.That(Summary(events), Is.EqualTo(new[] { "created a" }));
        Assert.That(_scene.Folder.Files("runs"), Is.EqualTo(new[] { "a", "watch.json" }));
    }

    [TestCase("", "JSON")]
    [TestCase("null", "version")]
    [TestCase("{}", "version")]
    [TestCase("""{"version":1}""", "scope")]
    [TestCase("""{"version":1,"scope":{"location":"s3://lab/runs"},"entries":[]}""", "null")]
    [TestCase("""{"version":1,"scope":{"location":"s3://lab/runs","include":[],"exclude":[]},"entries":null}""", "null")]
    [TestCase("""{"version":1,"scope":{"location":"s3://lab/runs","include":[],"exclude":[]},"entries":[null]}""", "entry")]
    [TestCase(
        """
        {"version":1,"scope":{"location":"s3://lab/runs","include":[],"exclude":[]},"entries":[
        {"key":"b","size":1,"modifiedAt":"2026-01-01T00:00:00Z"},{"key":"a","size":1,"modifiedAt":"2026-01-01T00:00:00Z"}]}
        """,
        "order")]
    [TestCase("""{"version":2,"scope":{"location":"s3://lab/runs","include":[],"exclude":[]},"entries":[]}""", "version 2")]
    public async Task A_file_that_is_no_state_is_an_error_and_stays_as_it_is(string content, string word)
    {
        _scene.Folder.Write("watch.json", content);

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.LookAsync(_scene.Remembering));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.InvalidFile));
        Assert.That(failure.Message, Does.Contain("watch.json").And.Contain(word));
        Assert.That(await File.ReadAllTextAsync(StatePath), Is.EqualTo(content));
    }

    [Test]
    public async Task A_state_of_another_watch_is_an_error()
    {
        await _scene.LookAsync(_scene.Remembering);
        var before = await File.ReadAllTextAsync(StatePath);

        WatchSettings[] others =
        [
            _scene.Remembering with { CompleteOnly = true }, _scene.Remembering with { Include = ["*.pt"] }, _scene.Remembering with { Exclude = ["*.pt"] },
        ];
        foreach (var other in others)
        {
            var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.LookAsync(other));
            Assert.That((failure.Error, failure.Message.Contains("another watch", StringComparison.Ordinal)), Is.EqualTo((TrainctlError.InvalidFile, true)));
        }

        Assert.That(await File.ReadAllTextAsync(StatePath), Is.EqualTo(before));
    }

    [Test]
    public async Task A_state_of_another_location_is_an_error()
    {
        await _scene.LookAsync(_scene.Remembering);
        var state = JsonNode.Parse(await File.ReadAllTextAsync(StatePath))!;
        state["scope"]!["location"] = "s3://lab/other";
        await File.WriteAllTextAsync(StatePath, state.ToJsonString());

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.LookAsync(_scene.Remembering));

        Assert.That(failure.Message, Does.Contain("Location").And.Contain("s3://lab/other"));
    }

    [Test]
    public async Task A_state_that_cannot_be_written_is_an_error_at_the_start()
    {
        _scene.Folder.Write("taken/file", "");

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.WatchAsync(_scene.Settings with { StateFile = "taken" }));

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "StateFile")));
    }

    [Test]
    public async Task A_state_that_cannot_be_written_later_is_a_problem_and_is_tried_again()
    {
        var settings = _scene.Settings with { StateFile = "state/watch.json" };

        var events = await _scene.WatchAsync(settings, BlockAsync, static () => Task.CompletedTask, UnblockAsync);

        Assert.That(Summary(events).Distinct(), Is.EqualTo(new[] { "created a", "problem" }));
        Assert.That(await _scene.LookAsync(settings), Is.Empty);

        async Task BlockAsync()
        {
            File.Delete(_scene.Folder.Combine("state/watch.json"));
            Directory.Delete(_scene.Folder.Combine("state"));
            _scene.Folder.Write("state", "a file where a folder was");
            await _scene.PutAsync("a");
        }

        Task UnblockAsync()
        {
            File.Delete(_scene.Folder.Combine("state"));
            return Task.CompletedTask;
        }
    }

    private async Task PutAllAsync(params IEnumerable<string> keys)
    {
        foreach (var key in keys)
            await _scene.PutAsync(key);
    }
}
