using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

/// <summary>Many ranks may run the same clean-up at once: huggingface/transformers#20988 and #13035.</summary>
public sealed class ConcurrentPruneTests
{
    private const int Prunes = 3;
    private const int Checkpoints = 12;

    private static readonly PruneCheckpointsSettings Prune = new() { Location = "run", KeepLast = 2 };

    [Test]
    public async Task Of_ranks_that_clean_one_folder_nobody_fails_transformers_20988([Values(null, ".trash")] string? trash, [Range(1, 5)] int round)
    {
        using var folder = new TemporaryFolder();
        for (var step = 1; step <= Checkpoints; step++)
            HuggingFaceRun.Write(folder, "run", step);
        var before = folder.Files();

        var reports = await AtOnceAsync(TestHost.Engine(folder), Prune with { Trash = trash });
        var after = folder.Files("run").Where(static f => !f.StartsWith(".trash/", StringComparison.Ordinal)).ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(reports.Select(static r => r.ExitCode), Is.All.Zero, string.Join('\n', reports.SelectMany(static r => r.Objects).Select(static o => o.Error)));
            Assert.That(after.Select(static f => f.Split('/')[0]).Distinct(), Is.EqualTo(new[] { "checkpoint-11", "checkpoint-12" }), $"round {round}");
        });
        if (trash is null)
            return;
        foreach (var at in Directory.GetDirectories(folder.Combine("run/.trash")).Select(Path.GetFileName).OrderDescending())
        {
            if (folder.Files($"run/.trash/{at}").Any(static f => !f.StartsWith(".trainctl-trash/", StringComparison.Ordinal)))
                await TestHost.Engine(folder).RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "run", At = at });
        }

        Assert.That(folder.Files().Where(static f => !f.Contains("/.trash/", StringComparison.Ordinal)), Is.EqualTo(before));
    }

    [Test]
    public async Task Of_ranks_that_clean_one_prefix_nobody_fails_transformers_13035([Values(null, ".trash")] string? trash, [Range(1, 5)] int round)
    {
        var scene = new CatalogScene();
        for (var step = 1; step <= Checkpoints; step++)
            scene.HuggingFace($"checkpoint-{step}", step);
        var engine = new TrainctlEngine(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => scene.Store });

        var reports = await AtOnceAsync(engine, Prune with { Trash = trash });
        var units = (await scene.ReadAsync()).Units.Select(static u => u.Path);

        Assert.Multiple(() =>
        {
            Assert.That(reports.Select(static r => r.ExitCode), Is.All.Zero, string.Join('\n', reports.SelectMany(static r => r.Objects).Select(static o => o.Error)));
            Assert.That(units, Is.EqualTo(new[] { "checkpoint-11", "checkpoint-12" }), $"round {round}");
        });
    }

    private static Task<PruneReport[]> AtOnceAsync(TrainctlEngine engine, PruneCheckpointsSettings settings) =>
        Task.WhenAll(Enumerable.Range(0, Prunes).Select(_ => Task.Run(() => engine.PruneCheckpointsAsync(settings))));
}
