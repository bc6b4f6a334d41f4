using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Verification;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>
/// Publishing, pruning and restoring while three of ten requests fail, each in a way that the seed decides. A manifest is true whenever there is one, nothing is deleted
/// that the plan does not name, and what is said to be done is.
/// </summary>
public sealed class CheckpointFaultTests : FaultScheduleFixture
{
    private static readonly int[] Steps = [10, 20, 30, 40, 50, 60];

    [Test]
    public async Task Whatever_manifest_there_is_after_publishing_is_true(
        [ValueSource(nameof(Seeds))] int seed, [ValueSource(nameof(Backends))] TransferBackend backend)
    {
        await using var scene = await SceneAsync(seed, backend);
        WriteRun(scene, "local", Steps[..2]);
        var settings = new UploadCheckpointsSettings { Source = "local", Destination = scene.Remote, Transfer = scene.Transfer };
        await scene.Direct.UploadCheckpointsAsync(settings);
        var older = await scene.ObjectsAsync();
        scene.Write("local/run/checkpoint-20/model.safetensors", ModelFile.Safetensors(30_000));
        WriteRun(scene, "local", Steps[2..4]);
        scene.Write("local/run/checkpoint-40/model.safetensors", ModelFile.Safetensors(6_000_000));
        scene.Write("local/run/notes.txt", scene.Content(2_000));
        var local = scene.Files("local");

        var run = await FaultScene.TryAsync(() => scene.Faulty.UploadCheckpointsAsync(settings));
        var between = await scene.ObjectsAsync();
        var rerun = await scene.Direct.UploadCheckpointsAsync(settings);
        var verified = await scene.Direct.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = scene.Remote });

        Story = scene.Story(run);
        run.AssertHonest(scene.IsGarbled);
        Assert.That(scene.Proxy.Traffic.Total.Faults, Is.Positive);
        scene.AssertBackend(run);
        Assert.That(scene.Files("local"), Is.EqualTo(local), "the source is only read");
        AssertTrue(between, older, local);
        foreach (var done in run.Done)
            Assert.That(between.GetValueOrDefault(done.Key), Is.EqualTo(local[done.Key]), $"'{done.Key}' is said to be there");
        foreach (var unit in (run.Report?.Units ?? []).Where(static u => u.Result is PublishResult.Published or PublishResult.Unchanged))
            AssertPublished(unit.Path, between, local);
        Assert.That(run.Report?.Units.Any(static u => u.Result == PublishResult.Failed), Is.Not.True.Or.EqualTo(run.ExitCode != 0), "a checkpoint that failed is a failure");
        Assert.That(rerun.ExitCode, Is.Zero, FailureSummary.Of(rerun));
        Assert.That(verified.Units.Select(static u => u.Result), Is.All.EqualTo(VerifyResult.Proven).And.Exactly(4).Items, FailureSummary.Of(verified));
        Assert.That(WithoutManifests(await scene.ObjectsAsync()), Is.EqualTo(local));
    }

    [TestCaseSource(nameof(Seeds))]
    public async Task A_prune_touches_only_what_its_plan_names_and_tells_what_it_did_not_do(int seed)
    {
        await using var scene = await SceneAsync(seed);
        WriteRun(scene, "local", Steps);
        scene.Write("local/run/notes.txt", scene.Content(2_000));
        await scene.Direct.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "local", Destination = scene.Remote });
        var settings = new PruneCheckpointsSettings
        {
            Location = scene.Remote,
            KeepLast = 2,
            KeepBest = seed % 3 == 0 ? 1 : null,
            Metric = seed % 3 == 0 ? "eval_loss" : null,
            Trash = seed % 2 == 0 ? ".trash" : null,
        };
        var plan = await scene.Direct.PlanPruneAsync(settings);
        var planned = plan.Removals.SelectMany(static u => u.Objects).Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
        var before = await scene.ObjectsAsync();

        var run = await FaultScene.TryAsync(() => scene.Faulty.PruneCheckpointsAsync(settings));
        var between = await scene.ObjectsAsync();
        await FaultScene.TryAsync(() => scene.Direct.PruneCheckpointsAsync(settings));
        var afterAnother = await scene.ObjectsAsync();
        var rerun = await scene.Direct.ApplyPruneAsync(plan);
        var after = await scene.ObjectsAsync();
        var verified = await scene.Direct.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = scene.Remote });

        Story = scene.Story(run);
        run.AssertHonest(scene.IsGarbled);
        Assert.That(scene.Proxy.Traffic.Total.Faults, Is.Positive);
        Assert.That(run.Done.Select(static o => o.Key), Is.SubsetOf(planned));
        AssertUnharmed(before, between, planned, isTrashed: settings.Trash is not null);
        foreach (var done in run.Done)
            Assert.That(between.Keys, Does.Not.Contain(done.Key), $"it is said to be {done.Action}d");
        foreach (var unit in (run.Report?.Units ?? []).Where(static u => u.Result is PruneResult.Removed or PruneResult.Gone))
            Assert.That(between.Keys.Where(k => k.StartsWith(unit.Decision.Unit.Path + "/", StringComparison.Ordinal)), Is.Empty, $"'{unit.Decision.Unit.Path}' is said to be gone");
        Assert.That(rerun.ExitCode, Is.Zero, FailureSummary.Of(rerun));
        AssertUnharmed(before, afterAnother, planned, isTrashed: settings.Trash is not null);
        AssertUnharmed(before, after, planned, isTrashed: settings.Trash is not null);
        Assert.That(after.Keys.Intersect(planned), Is.Empty);
        Assert.That(verified.Units.Select(static u => u.Result), Is.All.EqualTo(VerifyResult.Proven).And.Exactly(settings.KeepBest is null ? 2 : 3).Items);
    }

    [TestCaseSource(nameof(FewerSeeds))]
    public async Task A_restore_leaves_each_object_in_the_trash_or_whole_at_its_old_place(int seed)
    {
        await using var scene = await SceneAsync(seed);
        WriteRun(scene, "local", Steps[..4]);
        scene.Write("local/run/checkpoint-10/model.safetensors", ModelFile.Safetensors(60_000));
        await scene.Direct.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "local", Destination = scene.Remote });
        var before = await scene.ObjectsAsync();
        await scene.Direct.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = scene.Remote, KeepLast = 1, Trash = ".trash" });
        var trashed = before.Keys.Except((await scene.ObjectsAsync()).Keys).ToHashSet(StringComparer.Ordinal);
        var settings = new RestoreCheckpointsSettings { Location = scene.Remote };

        var run = await FaultScene.TryAsync(() => scene.Faulty.RestoreCheckpointsAsync(settings));
        var between = await scene.ObjectsAsync();
        var rerun = await FaultScene.TryAsync(() => scene.Direct.RestoreCheckpointsAsync(settings));
        var after = await scene.ObjectsAsync();

        Story = scene.Story(run);
        run.AssertHonest(scene.IsGarbled);
        Assert.That(scene.Proxy.Traffic.Total.Faults, Is.Positive);
        Assert.That(trashed, Is.Not.Empty);
        AssertUnharmed(before, between, trashed, isTrashed: true);
        Assert.That(between.Keys.Where(static k => !IsTrashed(k)), Is.SubsetOf(before.Keys));
        foreach (var done in run.Done)
            Assert.That(between.GetValueOrDefault(done.Key), Is.EqualTo(before[done.Key]), $"'{done.Key}' is said to be restored");
        foreach (var unit in (run.Report?.Units ?? []).Where(static u => u.Result == RestoreResult.Restored))
            Assert.That(before.Keys.Where(k => k.StartsWith(unit.Path + "/", StringComparison.Ordinal)), Is.SubsetOf(between.Keys), $"'{unit.Path}' is said to be restored");
        if (run.IsSuccess)
            Assert.That(between, Is.EqualTo(before), "all is said to be restored, and nothing to be left in the trash");
        Assert.That(rerun.Failure?.Error, Is.Null.Or.EqualTo(TrainctlError.SourceNotFound), "nothing is left to restore, or it is restored");
        Assert.That(rerun.Failed, Is.Empty);
        Assert.That(after.Where(static o => !IsTrashed(o.Key)).ToDictionary(StringComparer.Ordinal), Is.EqualTo(before));
    }

    private static bool IsTrashed(string key) => key.StartsWith(".trash/", StringComparison.Ordinal);

    /// <summary>What the plan does not name is as it was; the rest is where it was or gone, or with a trash in there.</summary>
    private static void AssertUnharmed(Dictionary<string, byte[]> before, Dictionary<string, byte[]> now, HashSet<string> planned, bool isTrashed)
    {
        foreach (var (key, content) in before)
        {
            if (now.TryGetValue(key, out var found))
                Assert.That(found, Is.EqualTo(content), $"'{key}' changed");
            else
                Assert.That(planned, Does.Contain(key), "it is gone, and the plan does not name it");
            if (isTrashed && found is null)
                Assert.That(now.Where(o => IsTrashed(o.Key) && o.Key.EndsWith("/" + key, StringComparison.Ordinal)).Select(static o => o.Value), Has.Some.EqualTo(content), $"'{key}' is not in the trash");
        }
    }

    private static void AssertTrue(Dictionary<string, byte[]> objects, Dictionary<string, byte[]> older, Dictionary<string, byte[]> local)
    {
        foreach (var (key, content) in objects)
        {
            if (!Manifest.IsManifestKey(key))
            {
                Assert.That(content, Is.EqualTo(local[key]).Or.EqualTo(older.GetValueOrDefault(key)), $"'{key}' is neither what it was nor what it is to be");
                continue;
            }

            var manifest = ManifestJson.Read(content, key);
            Assert.That(manifest, Is.Not.Null, $"'{key}' is no manifest");
            foreach (var entry in manifest!.Objects)
            {
                var described = objects.GetValueOrDefault(key[..^Manifest.FileName.Length] + entry.Key);
                Assert.That(described is null ? null : Crc64.Of(described).ToString(), Is.EqualTo(entry.Checksum), $"'{key}' says so of '{entry.Key}'");
            }
        }
    }

    private static void AssertPublished(string path, Dictionary<string, byte[]> objects, Dictionary<string, byte[]> local)
    {
        Assert.That(objects.Keys, Does.Contain($"{path}/{Manifest.FileName}"));
        foreach (var (key, content) in local.Where(l => l.Key.StartsWith(path + "/", StringComparison.Ordinal)))
            Assert.That(objects.GetValueOrDefault(key), Is.EqualTo(content), $"'{path}' is said to be published");
    }

    private static Dictionary<string, byte[]> WithoutManifests(Dictionary<string, byte[]> objects) =>
        objects.Where(static o => !Manifest.IsManifestKey(o.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Checkpoints of Hugging Face's Trainer; the second is the best.</summary>
    private static void WriteRun(FaultScene scene, string folder, int[] steps)
    {
        foreach (var step in steps)
        {
            foreach (var (key, content) in TrainerRun.Checkpoint($"{folder}/run", step, loss: step == Steps[1] ? 0.125 : 1 + (step / 100.0)))
                scene.Write(key, content, new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(step));
        }
    }
}
