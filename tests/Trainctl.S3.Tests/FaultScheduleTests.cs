using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>
/// Uploads and downloads while three of ten requests fail, each in a way that the seed decides. Whatever happens on the way: no byte is lost or silently
/// wrong, what is not done is said, and a run on a good way completes it.
/// </summary>
public sealed partial class FaultScheduleTests : FaultScheduleFixture
{
    private const int Large = (11 * 1024 * 1024) + 17;

    [Test]
    public async Task An_upload_leaves_only_whole_objects_and_tells_what_is_missing(
        [ValueSource(nameof(Seeds))] int seed, [ValueSource(nameof(Backends))] TransferBackend backend)
    {
        await using var scene = await SceneAsync(seed, backend);
        await PutOlderAsync(scene);
        var older = await scene.ObjectsAsync();
        WriteSource(scene);
        var source = scene.Files("from");
        var settings = new SyncSettings { Source = "from", Destination = scene.Remote, Transfer = scene.Transfer, Delete = seed % 2 == 0 };

        var run = await FaultScene.TryAsync(() => scene.Faulty.SyncAsync(settings));
        var uploads = await scene.UnfinishedUploadsAsync();
        var between = await scene.ObjectsAsync();
        var rerun = await scene.Direct.SyncAsync(settings);
        var after = await scene.ObjectsAsync();

        Story = scene.Story(run);
        run.AssertHonest(scene.IsGarbled);
        Assert.That(scene.Proxy.Traffic.Total.Faults, Is.Positive);
        scene.AssertBackend(run);
        Assert.That(scene.Files("from"), Is.EqualTo(source), "the source is only read");
        AssertOldOrNew(between, older, source, run);
        foreach (var key in older.Keys.Except(source.Keys).Except(run.Done.Select(static o => o.Key)))
            Assert.That(run is { Failure: not null } && settings.Delete || between.ContainsKey(key), Is.True, $"'{key}' is only there, and was not said to be deleted");
        Assert.That(uploads, Is.LessThanOrEqualTo(scene.UploadsToldOf), "what stays is told");
        Assert.That((rerun.ExitCode, rerun.Objects.Count), Is.EqualTo((0, run.IsSuccess ? 0 : rerun.Objects.Count)), FailureSummary.Of(rerun));
        Assert.That(after, Is.EqualTo(settings.Delete ? source : Merged(older, source)));
    }

    [Test]
    public async Task A_download_leaves_only_whole_files_and_tells_what_is_missing(
        [ValueSource(nameof(Seeds))] int seed, [ValueSource(nameof(Backends))] TransferBackend backend)
    {
        await using var scene = await SceneAsync(seed, backend);
        var objects = await PutSourceAsync(scene);
        WriteOlder(scene, "to");
        var older = scene.Files("to");
        var settings = new SyncSettings { Source = scene.Remote, Destination = "to", Transfer = scene.Transfer, Delete = seed % 2 == 0 };

        var run = await FaultScene.TryAsync(() => scene.Faulty.SyncAsync(settings));
        var between = scene.Files("to");
        var rerun = await scene.Direct.SyncAsync(settings);

        Story = scene.Story(run);
        run.AssertHonest(scene.IsGarbled);
        Assert.That(scene.Proxy.Traffic.Total.Faults, Is.Positive);
        scene.AssertBackend(run);
        Assert.That(await scene.ObjectsAsync(), Is.EqualTo(objects), "the source is only read");
        AssertOldOrNew(between, older, objects, run);
        foreach (var key in older.Keys.Except(objects.Keys).Except(run.Done.Select(static o => o.Key)))
            Assert.That(between.Keys, Does.Contain(key), "it is only there, and was not said to be deleted");
        Assert.That((rerun.ExitCode, rerun.Objects.Count), Is.EqualTo((0, run.IsSuccess ? 0 : rerun.Objects.Count)), FailureSummary.Of(rerun));
        Assert.That(scene.Files("to"), Is.EqualTo(settings.Delete ? objects : Merged(older, objects)));
    }

    /// <summary>Each is what it was or what it is to be, and what is said to be done is.</summary>
    private static void AssertOldOrNew<T>(
        Dictionary<string, byte[]> between, Dictionary<string, byte[]> older, Dictionary<string, byte[]> source, FaultyRun<T> run)
        where T : Report
    {
        foreach (var (key, content) in between)
        {
            var isOld = older.TryGetValue(key, out var old) && content.AsSpan().SequenceEqual(old);
            var isNew = source.TryGetValue(key, out var wanted) && content.AsSpan().SequenceEqual(wanted);
            Assert.That(isOld || isNew, Is.True, $"'{key}' holds neither what it held nor what it is to hold");
        }

        foreach (var key in older.Keys.Intersect(source.Keys))
            Assert.That(between.Keys, Does.Contain(key), "it was there, and it is to be there");
        foreach (var done in run.Done)
        {
            if (source.TryGetValue(done.Key, out var wanted))
                Assert.That(between.GetValueOrDefault(done.Key), Is.EqualTo(wanted), $"'{done.Key}' is said to be copied");
            else
                Assert.That(between.Keys, Does.Not.Contain(done.Key), "it is said to be deleted");
        }

        if (run.IsSuccess)
            Assert.That(source.Keys, Is.SubsetOf(between.Keys), "all is said to be done");
    }

    private static Dictionary<string, byte[]> Merged(Dictionary<string, byte[]> older, Dictionary<string, byte[]> newer) =>
        newer.Concat(older.Where(o => !newer.ContainsKey(o.Key))).ToDictionary(StringComparer.Ordinal);

    private static async Task PutOlderAsync(FaultScene scene)
    {
        WriteOlder(scene, "older");
        await scene.Direct.SyncAsync(new SyncSettings { Source = "older", Destination = scene.Remote });
    }

    /// <summary>Earlier versions of some files, one equal to the new one, and two files that will not be at the source.</summary>
    private static void WriteOlder(FaultScene scene, string folder)
    {
        var time = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var name in (ReadOnlySpan<string>)["f01", "f05", "deep/er/g", "large"])
            scene.Write($"{folder}/{name}", scene.Content(500), time);
        scene.Write($"{folder}/f02", "same"u8.ToArray());
        scene.Write($"{folder}/gone 1", scene.Content(300), time);
        scene.Write($"{folder}/gone/2", scene.Content(200), time);
    }

    private static void WriteSource(FaultScene scene)
    {
#pragma warning disable CA5394 // Do not use insecure randomness: a test must be repeatable
        for (var i = 0; i < 10; i++)
            scene.Write($"from/f{i:00}", scene.Content(scene.Random.Next(1, 100_000)));
#pragma warning restore CA5394
        scene.Write("from/f02", "same"u8.ToArray());
        scene.Write("from/empty", []);
        scene.Write("from/one", [1]);
        scene.Write("from/deep/er/g", scene.Content(1_000));
        scene.Write("from/ünï +%", scene.Content(2_000));
        scene.Write("from/large", scene.Content(Large));
    }
}
