using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

/// <summary>
/// Of a published checkpoint the manifest was deleted and what else goes with it was not. It is whole by its layout, and without the manifest it was saved when
/// it was uploaded, so it passes for the newest one.
/// </summary>
public sealed class HalfPrunedTests
{
    private const string Marker = "checkpoint-1/trainer_state.json";

    private HookedStore _published = null!;
    private TrainctlEngine _engine = null!;
    private PrunePlan _plan = null!;

    [SetUp]
    public async Task SetUp()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3);
        _published = new HookedStore(new MemoryStore("s3://published", MemoryStore.S3Traits));
        _engine = new TrainctlEngine(new EngineHost
        {
            WorkingDirectory = Path.GetTempPath(),
            Environment = static _ => null,
            OpenStore = (url, _, _) => url.Bucket == "published" ? _published : scene.Store,
        });
        await _engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "s3://memory", Destination = "s3://published" });
        _plan = await _engine.PlanPruneAsync(new PruneCheckpointsSettings { Location = "s3://published", KeepLast = 1 });
        _published.Undeletable.Add(Marker);
        var report = await _engine.ApplyPruneAsync(_plan);
        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Removed, PruneResult.Kept }));
        _published.Undeletable.Clear();
    }

    [TearDown]
    public async Task TearDown() => await _published.DisposeAsync();

    [Test]
    public async Task Its_plan_ends_what_it_began()
    {
        var report = await _engine.ApplyPruneAsync(_plan);

        var left = await UnitsAsync();
        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Gone, PruneResult.Kept }));
            Assert.That(left, Is.EqualTo(new[] { "checkpoint-3" }));
        });
    }

    [TestCase("checkpoint-1/model.safetensors")]
    [TestCase("checkpoint-1/new.bin")]
    public async Task It_stays_when_somebody_writes_into_it_again(string key)
    {
        await _published.PutAsync(key, ModelFile.Safetensors(99), new PutOptions());

        var report = await _engine.ApplyPruneAsync(_plan);

        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Gone, PruneResult.Kept }));
        Assert.That(await UnitsAsync(), Is.EqualTo(new[] { "checkpoint-1", "checkpoint-3" }));
    }

    [Test]
    public async Task Without_the_plan_it_costs_none_of_the_kept_ones()
    {
        await _engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "s3://published", KeepLast = 1 });

        Assert.That(await UnitsAsync(), Does.Contain("checkpoint-3"));
    }

    private async Task<string[]> UnitsAsync() => [.. (await CheckpointCatalog.ReadAsync(_published)).Units.Select(static u => u.Path).Order(StringComparer.Ordinal)];
}
