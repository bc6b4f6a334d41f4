using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

/// <summary>A pin that somebody puts while a prune is under way.</summary>
public sealed class LatePinTests
{
    [TestCase("step_2.safetensors", "step_2.safetensors.trainctl-keep")]
    [TestCase("step_2.safetensors", "step_2.trainctl-keep")]
    [TestCase("checkpoint-2", "checkpoint-2/.trainctl-keep")]
    [TestCase("step_2", "step_2.trainctl-keep")]
    public async Task It_keeps_what_is_not_deleted_yet(string path, string pin)
    {
        var scene = new CatalogScene();
        foreach (var step in (int[])[1, 2, 3])
            Put(scene, path.Replace("2", $"{step}", StringComparison.Ordinal), step);
        await using var store = new HookedStore(scene.Store);
        var before = await KeysAsync(scene, path);
        store.OnDelete = _ => scene.Put(pin, "");

        var report = await new TrainctlEngine(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => store })
            .PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 });

        var after = await KeysAsync(scene, path);
        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Failed, PruneResult.Kept }));
            Assert.That(report.Objects.Where(static o => o.Error is not null).Select(static o => (o.Result, o.ErrorCode)), Is.All.EqualTo((OutcomeResult.Refused, "TRAINCTL3003")));
            Assert.That(report.Objects.First(static o => o.Error is not null).Error, Does.Contain(pin));
            Assert.That(after, Is.SupersetOf(before));
        });
    }

    private static void Put(CatalogScene scene, string path, int step)
    {
        if (path.StartsWith("checkpoint", StringComparison.Ordinal))
            scene.HuggingFace(path, step);
        else if (path.EndsWith("safetensors", StringComparison.Ordinal))
            scene.Put(path, ModelFile.Safetensors(), step);
        else
            scene.Put($"{path}-00001-of-00002.safetensors", ModelFile.Safetensors(), step).Put($"{path}-00002-of-00002.safetensors", ModelFile.Safetensors(), step);
    }

    private static async Task<string[]> KeysAsync(CatalogScene scene, string path) =>
        [.. await scene.Store.ListAsync(new() { Prefix = path }).Select(static o => o.Key).ToListAsync()];
}
