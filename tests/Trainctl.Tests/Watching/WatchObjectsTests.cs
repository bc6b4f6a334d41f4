using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Watching;
using static Trainctl.Tests.Watching.WatchScene;

namespace Trainctl.Tests.Watching;

/// <summary>Objects that come, change and go while somebody watches.</summary>
public sealed class WatchObjectsTests
{
    private WatchScene _scene = null!;

    [SetUp]
    public void SetUp() => _scene = new WatchScene();

    [TearDown]
    public void TearDown() => _scene.Dispose();

    [Test]
    public async Task What_is_there_at_the_start_is_not_reported_and_what_happens_then_is()
    {
        await _scene.PutAsync("a");
        await _scene.PutAsync("b");

        var events = await _scene.WatchAsync(_scene.Settings, () => _scene.PutAsync("c"), () => _scene.PutAsync("a", "longer content"), () => _scene.DeleteAsync("b"));

        Assert.That(Summary(events), Is.EqualTo(new[] { "created c", "changed a", "deleted b" }));
    }

    [Test]
    public async Task An_event_tells_what_the_listing_told_and_when_it_was_seen()
    {
        var start = _scene.Time.GetUtcNow();

        var seen = (await _scene.WatchAsync(_scene.Settings, () => _scene.PutAsync("digits/é.pt", "12345"))).Single();

        Assert.Multiple(() =>
        {
            Assert.That((seen.Kind, seen.Key, seen.Url), Is.EqualTo((WatchEventKind.Created, "digits/é.pt", "s3://lab/runs/digits/é.pt")));
            Assert.That((seen.Size, seen.ModifiedAt, seen.SeenAt), Is.EqualTo((5L, start, start + _scene.Settings.Interval)));
            Assert.That(seen.ETag, Is.Not.Empty);
            Assert.That((seen.Checkpoint, seen.Command, seen.Error), Is.EqualTo(((WatchedCheckpoint?)null, (WatchCommandOutcome?)null, (string?)null)));
        });
    }

    [Test]
    public async Task Content_of_the_same_size_is_a_change_even_within_the_resolution_of_time()
    {
        await _scene.PutAsync("a", "one");
        var before = (await _scene.LookAsync(_scene.Settings with { Since = DateTimeOffset.MinValue })).Single();
        await _scene.PutAsync("a", "two");
        await _scene.LookAsync(_scene.Remembering);
        await _scene.PutAsync("a", "six");

        var seen = (await _scene.LookAsync(_scene.Remembering)).Single();

        Assert.That((seen.Kind, seen.Size, seen.ModifiedAt), Is.EqualTo((WatchEventKind.Changed, before.Size, before.ModifiedAt)));
    }

    [Test]
    public async Task A_deleted_object_is_shown_as_it_was_last()
    {
        await _scene.PutAsync("a", "12345");

        var seen = (await _scene.WatchAsync(_scene.Settings, () => _scene.DeleteAsync("a"))).Single();

        Assert.That((seen.Size, seen.ModifiedAt, seen.ETag), Is.EqualTo((5L, seen.SeenAt - _scene.Settings.Interval, seen.ETag)));
        Assert.That(seen.ETag, Is.Not.Null);
    }

    [Test]
    public async Task More_than_a_page_of_objects_is_reported_in_the_order_of_their_bytes()
    {
        var keys = Enumerable.Range(0, 1001).Select(static i => string.Create(CultureInfo.InvariantCulture, $"shard-{i:00000}")).ToArray();

        var events = await _scene.WatchAsync(_scene.Settings, () => PutAllAsync(keys), () => _scene.DeleteAsync(keys));

        Assert.That(Summary(events), Is.EqualTo(keys.Select(static k => "created " + k).Concat(keys.Select(static k => "deleted " + k))));
    }

    [Test]
    public async Task Keys_that_no_folder_could_hold_are_reported_as_they_are()
    {
        string[] keys = ["../up", "/root", "a/../b", "a//b", "b/", "line\nend", "z\uFFFD", "z\U0001F600"];

        var events = await _scene.WatchAsync(_scene.Settings, () => PutAllAsync(keys));

        Assert.That(events.Select(static e => e.Key), Is.EqualTo(keys));
        Assert.That(events.Select(static e => e.Url), Is.EqualTo(keys.Select(static k => "s3://lab/runs/" + k)));
    }

    [Test]
    public async Task Since_reports_at_the_start_what_was_taken_in_later()
    {
        await _scene.PutAsync("old");
        var since = _scene.Time.GetUtcNow();
        _scene.Time.Advance(TimeSpan.FromMinutes(1));
        await _scene.PutAsync("new");

        var events = await _scene.WatchAsync(_scene.Settings with { Since = since }, () => _scene.DeleteAsync("old"));

        Assert.That(Summary(events), Is.EqualTo(new[] { "created new", "deleted old" }));
    }

    [Test]
    public async Task Filters_choose_what_is_watched()
    {
        await _scene.PutAsync("a.tmp");

        var events = await _scene.WatchAsync(
            _scene.Settings with { Include = ["*.pt"], Exclude = ["old/"] },
            () => PutAllAsync("a.pt", "a.txt", "old/b.pt"),
            () => _scene.DeleteAsync("a.tmp", "old/b.pt"));

        Assert.That(Summary(events), Is.EqualTo(new[] { "created a.pt" }));
    }

    [Test]
    public async Task Each_look_is_one_listing_and_reads_nothing()
    {
        await _scene.PutCheckpointAsync("checkpoint-100");

        await _scene.WatchAsync(_scene.Settings, () => _scene.PutAsync("a"), static () => Task.CompletedTask, static () => Task.CompletedTask);

        Assert.That((_scene.Store.Listings, _scene.Store.Reads.Count), Is.EqualTo((4, 0)));
        Assert.That(_scene.Time.Waits, Is.All.EqualTo(TimeSpan.FromSeconds(10)).And.Exactly(4).Items);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1e6)]
    public async Task An_interval_that_makes_no_sense_is_an_error(double seconds)
    {
        var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.LookAsync(_scene.Settings with { Interval = TimeSpan.FromSeconds(seconds) }));

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "Interval")));
    }

    [Test]
    public async Task A_layout_needs_checkpoints_to_be_watched()
    {
        var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.LookAsync(_scene.Settings with { Layout = "lightning" }));

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "CompleteOnly")));
    }

    private async Task PutAllAsync(params IEnumerable<string> keys)
    {
        foreach (var key in keys)
            await _scene.PutAsync(key);
    }
}
