using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.S3;
using Trainctl.Watching;

namespace Trainctl.S3.Tests;

/// <summary>A watch of a real server.</summary>
public sealed class WatchOnS3Tests
{
    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;
    private IObjectStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _store = _bucket.Open("runs");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task What_happened_since_the_last_look_is_reported_exactly_once()
    {
        var keepsAny = (await S3TestServer.AbilitiesAsync(_bucket.Endpoint)).HasFlag(ServerAbility.AnyKey);
        string[] keys = [.. keepsAny ? ["..", "../up", "a//b"] : (string[])["...", "..up", "a b"], "digits/é %+.pt", keepsAny ? "line\nend" : "line\tend", "z\uFFFD", "z\U0001F600"];
        await PutAsync("one", keys);
        var first = await LookAsync();
        await PutAsync("two", keys[0], keys[3]);
        await _store.DeleteAsync([new DeleteRequest(keys[1]), new DeleteRequest(keys[6])]);
        await PutAsync("new", "digits/new");

        var second = await LookAsync();
        var third = await LookAsync();

        Assert.Multiple(() =>
        {
            Assert.That((first.Count, third.Count), Is.EqualTo((0, 0)));
            Assert.That(second.Select(static e => (e.Kind, e.Key)), Is.EqualTo(new[]
            {
                (WatchEventKind.Changed, keys[0]), (WatchEventKind.Deleted, keys[1]), (WatchEventKind.Created, "digits/new"),
                (WatchEventKind.Changed, keys[3]), (WatchEventKind.Deleted, keys[6]),
            }));
            Assert.That(second.Select(static e => e.Size), Is.All.EqualTo(3L));
            Assert.That(second.Select(static e => e.ETag), Is.All.Not.Null);
        });
    }

    [Test]
    public async Task More_objects_than_a_page_has_are_all_seen()
    {
        await LookAsync();
        string[] keys = [.. Enumerable.Range(0, 1001).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i:0000}"))];
        await PutAsync("", keys);

        Assert.That((await LookAsync()).Select(static e => (e.Kind, e.Key)), Is.EqualTo(keys.Select(static k => (WatchEventKind.Created, k))));
    }

    [Test]
    public async Task A_published_checkpoint_is_reported_once_and_never_in_part()
    {
        HuggingFaceRun.Write(_folder, "source/digits", 100);
        var watch = Settings with { CompleteOnly = true, Interval = TimeSpan.FromMilliseconds(20) };
        await LookAsync(watch);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var engine = new TrainctlEngine(_bucket.Host(_folder));

        var publishing = Task.Run(() => engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "source", Destination = _bucket.Url("runs") }));
        var events = new List<WatchEvent>();
        await foreach (var seen in engine.WatchAsync(watch, stop.Token))
        {
            events.Add(seen);
            await publishing;
            await stop.CancelAsync();
        }

        events.AddRange(await LookAsync(watch));
        await _store.DeleteAsync([.. (await _store.ListAsync(new ListRequest()).ToListAsync()).Select(static o => new DeleteRequest(o.Key))]);
        events.AddRange(await LookAsync(watch));

        Assert.That(events.Select(static e => (e.Kind, e.Key, e.Checkpoint?.Step)), Is.EqualTo(new[]
        {
            (WatchEventKind.Created, "digits/checkpoint-100", (long?)100), (WatchEventKind.Deleted, "digits/checkpoint-100", 100),
        }));
    }

    [Test]
    public async Task A_wrong_bucket_or_secret_is_an_error_at_once()
    {
        var missing = await Assert.ThrowsAsync<TrainctlException>(() => LookAsync(Settings with { Location = "s3://trainctl-there-is-no-such-bucket/runs" }));
        var wrong = new TrainctlEngine(_bucket.Host(_folder, secret: "wrong"));
        var rejected = await Assert.ThrowsAsync<TrainctlException>(async () => await wrong.WatchAsync(Settings).ToListAsync());

        Assert.That((missing.Error, rejected.Error), Is.EqualTo((TrainctlError.StoreNotFound, TrainctlError.CredentialsRejected)));
    }

    private WatchSettings Settings => new() { Location = _bucket.Url("runs"), StateFile = "watch.json" };

    private async Task<List<WatchEvent>> LookAsync(WatchSettings? settings = null) =>
        await new TrainctlEngine(_bucket.Host(_folder)).WatchAsync((settings ?? Settings) with { Once = true }).ToListAsync();

    private Task PutAsync(string content, params IEnumerable<string> keys) =>
        Parallel.ForEachAsync(keys, async (key, token) => await _store.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(content), new PutOptions(), token));
}
