using Trainctl.Reporting;
using Trainctl.Staging;
using Trainctl.Sync;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <content>Commands that copy whatever is at the destination, and the staging of data.</content>
public sealed partial class FaultScheduleTests
{
    [Test]
    public async Task A_copy_up_leaves_only_whole_objects_and_tells_what_is_missing(
        [ValueSource(nameof(FewerSeeds))] int seed, [ValueSource(nameof(Backends))] TransferBackend backend)
    {
        await using var scene = await SceneAsync(seed, backend);
        await PutOlderAsync(scene);
        var older = await scene.ObjectsAsync();
        WriteSource(scene);
        var source = scene.Files("from");
        var settings = new CopySettings { Source = "from", Destination = scene.Remote, Recursive = true, Transfer = scene.Transfer };

        var run = await FaultScene.TryAsync(() => scene.Faulty.CopyAsync(settings));
        var uploads = await scene.UnfinishedUploadsAsync();
        var between = await scene.ObjectsAsync();
        var rerun = await scene.Direct.CopyAsync(settings);

        Story = scene.Story(run);
        AssertCopied(scene, run, between, older, source);
        Assert.That(scene.Files("from"), Is.EqualTo(source), "the source is only read");
        Assert.That(uploads, Is.LessThanOrEqualTo(scene.UploadsToldOf), "what stays is told");
        AssertCompleted(rerun, source);
        Assert.That(await scene.ObjectsAsync(), Is.EqualTo(Merged(older, source)));
    }

    [Test]
    public async Task A_copy_down_leaves_only_whole_files_and_tells_what_is_missing(
        [ValueSource(nameof(FewerSeeds))] int seed, [ValueSource(nameof(Backends))] TransferBackend backend)
    {
        await using var scene = await SceneAsync(seed, backend);
        var objects = await PutSourceAsync(scene);
        WriteOlder(scene, "to");
        var older = scene.Files("to");
        var settings = new CopySettings { Source = scene.Remote, Destination = "to", Recursive = true, Transfer = scene.Transfer };

        var run = await FaultScene.TryAsync(() => scene.Faulty.CopyAsync(settings));
        var between = scene.Files("to");
        var rerun = await scene.Direct.CopyAsync(settings);

        Story = scene.Story(run);
        AssertCopied(scene, run, between, older, objects);
        Assert.That(await scene.ObjectsAsync(), Is.EqualTo(objects), "the source is only read");
        AssertCompleted(rerun, objects);
        Assert.That(scene.Files("to"), Is.EqualTo(Merged(older, objects)));
    }

    /// <summary>Odd seeds fetch what a lock file says, even ones write it.</summary>
    [Test]
    public async Task A_staging_leaves_only_whole_files_and_a_true_lock_file(
        [ValueSource(nameof(FewerSeeds))] int seed, [ValueSource(nameof(Backends))] TransferBackend backend)
    {
        await using var scene = await SceneAsync(seed, backend);
        var objects = await PutSourceAsync(scene);
        var settings = new StageDataSettings { Source = scene.Remote, Destination = "to", LockFile = "data.lock", Transfer = scene.Transfer };
        await scene.Direct.StageDataAsync(settings with { Destination = "elsewhere", LockFile = "true.lock", Transfer = FaultScene.SmallParts });
        var trueLock = await File.ReadAllBytesAsync(scene.Folder.Combine("true.lock"));
        if (seed % 2 == 1)
            scene.Write("data.lock", trueLock);
        WriteOlder(scene, "to");
        var older = scene.Files("to");

        var run = await FaultScene.TryAsync(() => scene.Faulty.StageDataAsync(settings));
        var between = scene.Files("to");
        var hasLock = File.Exists(scene.Folder.Combine("data.lock"));
        var lockBetween = hasLock ? await File.ReadAllBytesAsync(scene.Folder.Combine("data.lock")) : trueLock;
        var rerun = await scene.Direct.StageDataAsync(settings);

        Story = scene.Story(run);
        run.AssertHonest(scene.IsGarbled);
        Assert.That(scene.Proxy.Traffic.Total.Faults, Is.Positive);
        scene.AssertBackend(run);
        AssertOldOrNew(between, older, objects, run);
        Assert.That(older.Keys, Is.SubsetOf(between.Keys), "staging deletes nothing");
        Assert.That(await scene.ObjectsAsync(), Is.EqualTo(objects), "the source is only read");
        Assert.That(hasLock, Is.True.Or.EqualTo(!run.IsSuccess && seed % 2 == 0), "only a run that failed may leave no lock file, and none takes one away");
        Assert.That(lockBetween, Is.EqualTo(trueLock), "a lock file that is there is whole and true");
        Assert.That((rerun.ExitCode, rerun.Objects.Count), Is.EqualTo((0, run.IsSuccess ? 0 : rerun.Objects.Count)), FailureSummary.Of(rerun));
        Assert.That(scene.Files("to"), Is.EqualTo(Merged(older, objects)));
        Assert.That(await File.ReadAllBytesAsync(scene.Folder.Combine("data.lock")), Is.EqualTo(trueLock));
    }

    /// <summary>Puts what is to come down, with one object that this engine did not put.</summary>
    private static async Task<Dictionary<string, byte[]>> PutSourceAsync(FaultScene scene)
    {
        WriteSource(scene);
        await scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = scene.Remote, Transfer = FaultScene.SmallParts });
        await scene.Bucket.Client.PutObjectAsync(new() { BucketName = scene.Bucket.Name, Key = "data/foreign", InputStream = new MemoryStream(scene.Content(4_000)) });
        return await scene.ObjectsAsync();
    }

    private static void AssertCopied(
        FaultScene scene, FaultyRun<SyncReport> run, Dictionary<string, byte[]> between, Dictionary<string, byte[]> older, Dictionary<string, byte[]> source)
    {
        run.AssertHonest(scene.IsGarbled);
        Assert.That(scene.Proxy.Traffic.Total.Faults, Is.Positive);
        scene.AssertBackend(run);
        AssertOldOrNew(between, older, source, run);
        Assert.That(older.Keys, Is.SubsetOf(between.Keys), "a copy deletes nothing");
        if (run.Report is not null && !scene.IsGarbled)
            Assert.That(run.Done.Concat(run.Failed).Select(static o => o.Key), Is.EquivalentTo(source.Keys), "each is said to be done or not");
    }

    private static void AssertCompleted(SyncReport rerun, Dictionary<string, byte[]> source)
    {
        Assert.That(rerun.ExitCode, Is.Zero, FailureSummary.Of(rerun));
        Assert.That(rerun.Objects.Select(static o => o.Key), Is.EquivalentTo(source.Keys));
    }
}
