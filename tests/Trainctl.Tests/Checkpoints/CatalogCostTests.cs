using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints;

/// <summary>What a catalogue of published checkpoints costs.</summary>
public sealed class CatalogCostTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };

    [Test]
    public async Task One_listing_and_one_read_for_each_checkpoint_and_one_more_for_each_run()
    {
        var store = await PublishedAsync("a", 1, 2, 3, 4, 5);

        var catalog = await CheckpointCatalog.ReadAsync(store);

        Assert.That(catalog.Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
        Assert.That(store.Reads.GroupBy(static key => key).Select(static g => (g.Key, g.Count())), Is.EquivalentTo(new[]
        {
            ("a/checkpoint-1/.trainctl-manifest.json", 1), ("a/checkpoint-2/.trainctl-manifest.json", 1), ("a/checkpoint-3/.trainctl-manifest.json", 1),
            ("a/checkpoint-4/.trainctl-manifest.json", 1), ("a/checkpoint-5/.trainctl-manifest.json", 1), ("a/checkpoint-5/trainer_state.json", 1),
        }));
    }

    [Test]
    public async Task The_newest_is_looked_into_until_one_is_whole_whatever_manifests_say()
    {
        var store = await PublishedAsync("a", 1, 2, 3);
        await store.PutAsync("a/checkpoint-3/trainer_state.json", "{\"global_step\":3 "u8.ToArray(), new());
        await store.PutAsync("a/checkpoint-2/trainer_state.json", "{\"global_step\":2 "u8.ToArray(), new());

        var catalog = await CheckpointCatalog.ReadAsync(store);

        Assert.That(catalog.Units.Select(static u => (u.Step, u.State)), Is.EqualTo(new (long?, CheckpointState)[]
        {
            (1, CheckpointState.Complete), (2, CheckpointState.InFlight), (3, CheckpointState.InFlight),
        }));
    }

    [Test]
    public async Task Files_that_came_later_are_looked_at()
    {
        var store = await PublishedAsync("a", 1, 2);
        await store.PutAsync("a/checkpoint-1/eval_results.json", "{\"eval_f1\": 0.5}"u8.ToArray(), new());

        var unit = (await CheckpointCatalog.ReadAsync(store)).Units.First();

        Assert.That(unit.Metrics["eval_f1"], Is.EqualTo(0.5));
    }

    [Test]
    public async Task Metrics_survive_publishing_also_those_that_are_no_numbers()
    {
        var store = await PublishedAsync("a", 1, 2);

        var unit = (await CheckpointCatalog.ReadAsync(store)).Units.First();

        Assert.That((unit.Metrics["loss"], unit.NonFiniteMetrics.Single()), Is.EqualTo((0.5, "eval_loss")));
    }

    private static async Task<HookedStore> PublishedAsync(string run, params int[] steps)
    {
        var scene = new CatalogScene();
        foreach (var step in steps)
            scene.HuggingFace($"{run}/checkpoint-{step}", step, more: $$""","log_history":[{"step":{{step}},"loss":0.5,"eval_loss":NaN}]""");
        var store = new HookedStore(new MemoryStore("s3://memory2", MemoryStore.S3Traits));
        var report = await new UploadCheckpoints(new() { Source = "s3://memory", Destination = "s3://memory2" }, Host, scene.Store, store).RunAsync(CancellationToken.None);
        Assert.That(report.ExitCode, Is.Zero);
        return new HookedStore(store);
    }
}
