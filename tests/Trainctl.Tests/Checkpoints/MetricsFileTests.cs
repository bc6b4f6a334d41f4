using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints;

public sealed class MetricsFileTests
{
    private CatalogScene _scene = null!;

    [SetUp]
    public void SetUp() => _scene = new CatalogScene();

    [TestCase("metrics.json")]
    [TestCase("eval_results.json")]
    [TestCase("all_results.json")]
    public async Task A_file_in_a_folder_has_metrics(string name)
    {
        _scene.HuggingFace("checkpoint-1", 1).Put($"checkpoint-1/{name}", """{"acc": 0.5, "epoch": 3, "text": "0.1", "nested": {"f1": 1}, "flag": true}""");

        Assert.That((await _scene.UnitAsync()).Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["acc"] = 0.5 }));
    }

    [Test]
    public async Task The_framework_wins_and_then_the_first_file()
    {
        _scene.HuggingFace("checkpoint-1", 1, more: ""","log_history":[{"step":1,"a":1}]""")
            .Put("checkpoint-1/metrics.json", """{"a":2,"b":2}""")
            .Put("checkpoint-1/eval_results.json", """{"a":3,"b":3,"c":3}""")
            .Put("checkpoint-1/all_results.json", """{"a":4,"b":4,"c":4,"d":4}""")
            .Put("checkpoint-1/deep/metrics.json", """{"e":5}""");

        Assert.That((await _scene.UnitAsync()).Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["a"] = 1, ["b"] = 2, ["c"] = 3, ["d"] = 4 }));
    }

    [TestCase("epoch=1-acc=0.9.ckpt.metrics.json")]
    [TestCase("epoch=1-acc=0.9.metrics.json")]
    public async Task A_file_beside_a_file_has_metrics_and_belongs_to_it(string name)
    {
        _scene.Put("epoch=1-acc=0.9.ckpt", ModelFile.Zip(), 1).Put(name, """{"acc":0.1,"f1":0.2}""", 999);

        var catalog = await _scene.ReadAsync();
        var unit = catalog.Units.Single();

        Assert.Multiple(() =>
        {
            Assert.That(unit.Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["acc"] = 0.9, ["f1"] = 0.2 }));
            Assert.That((unit.ObjectCount, unit.ModifiedAt), Is.EqualTo((2, CatalogScene.Start.AddMinutes(1))));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    /// <summary>A manifest vouches for the older ones, and nobody opens their metrics files.</summary>
    [Test]
    public async Task What_a_name_does_not_say_is_in_the_manifest()
    {
        foreach (var step in (int[])[10, 20, 30])
        {
            var path = $"epoch=1-step={step}-val_loss=0.{step}.ckpt";
            _scene.Put(DistributedRun.Lightning(path), step).Put($"{path}/metrics.json", $$"""{"acc":0.{{99 - step}},"bad":NaN,"val_loss":7}""", step);
        }

        await using var published = new MemoryStore("s3://published", MemoryStore.S3Traits);
        var engine = new TrainctlEngine(new EngineHost
        {
            WorkingDirectory = Path.GetTempPath(),
            Environment = static _ => null,
            OpenStore = (url, _, _) => url.Bucket == "published" ? published : _scene.Store,
        });
        await engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "s3://memory", Destination = "s3://published" });
        var units = (await CheckpointCatalog.ReadAsync(published)).Units.ToArray();
        await engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "s3://published", KeepBest = 1, Metric = "acc" });

        Assert.Multiple(async () =>
        {
            Assert.That(units.Select(static u => (u.Metrics.GetValueOrDefault("val_loss"), u.Metrics.GetValueOrDefault("acc"))), Is.EqualTo(new[] { (0.1, 0.89), (0.2, 0.79), (0.3, 0.69) }));
            Assert.That(units.Select(static u => u.NonFiniteMetrics.Single()), Is.All.EqualTo("bad"));
            Assert.That((await CheckpointCatalog.ReadAsync(published)).Units.Select(static u => u.Step), Is.EqualTo(new[] { 10, 30 }));
        });
    }

    [Test]
    public async Task What_is_no_finite_number_is_recorded_by_name()
    {
        _scene.HuggingFace("checkpoint-1", 1, more: ""","log_history":[{"step":1,"loss":NaN,"a":1,"b":2},{"step":1,"b":null,"grad":Infinity}]""")
            .Put("checkpoint-1/metrics.json", """{"c":-Infinity,"huge":1e999,"loss":3}""");

        var unit = await _scene.UnitAsync();

        Assert.Multiple(() =>
        {
            Assert.That(unit.Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["a"] = 1 }));
            Assert.That(unit.NonFiniteMetrics, Is.EqualTo(new[] { "b", "c", "grad", "huge", "loss" }));
        });
    }

    [Test]
    public async Task A_name_can_say_that_a_run_diverged()
    {
        _scene.Put("epoch=1-val_loss=nan.ckpt", ModelFile.Zip());

        Assert.That((await _scene.UnitAsync()).NonFiniteMetrics, Is.EqualTo(new[] { "val_loss" }));
    }

    [TestCase("[1,2]")]
    [TestCase("{\"acc\":1")]
    [TestCase("")]
    [TestCase("acc: 1")]
    public async Task What_is_no_metrics_file_has_none(string content)
    {
        _scene.HuggingFace("checkpoint-1", 1).Put("checkpoint-1/metrics.json", content);

        var unit = await _scene.UnitAsync();

        Assert.That((unit.State, unit.Metrics.Count, unit.NonFiniteMetrics.Count), Is.EqualTo((CheckpointState.Complete, 0, 0)));
    }

    [Test]
    public async Task A_log_of_that_name_is_not_read()
    {
        _scene.HuggingFace("checkpoint-1", 1).Put("checkpoint-1/metrics.json", new byte[(1024 * 1024) + 1]);
        await using var store = new HookedStore(_scene.Store);

        await CheckpointCatalog.ReadAsync(store);

        Assert.That(store.Reads, Has.None.EndsWith("metrics.json").And.Not.Empty);
    }

    [Test]
    public async Task A_metrics_file_that_cannot_be_read_is_a_failure_and_no_missing_metric()
    {
        _scene.HuggingFace("checkpoint-1", 1).Put("checkpoint-1/metrics.json", "{}");
        await using var store = new HookedStore(_scene.Store)
        {
            OnRead = static key =>
            {
                if (key.EndsWith("metrics.json", StringComparison.Ordinal))
                    throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
            },
        };

        Assert.That((await CheckpointCatalog.ReadAsync(store)).ReadFailures.Select(static f => f.Error), Is.EqualTo(new[] { TrainctlError.StoreUnavailable }));
    }

    [Test]
    public async Task Any_other_json_beside_a_checkpoint_is_left_alone()
    {
        _scene.Put("epoch=1-step=5.ckpt", ModelFile.Zip()).Put("epoch=1.metrics.json", "{}").Put("epoch=1-step=5.json", "{}");

        Assert.That((await _scene.ReadAsync()).OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { "epoch=1-step=5.json", "epoch=1.metrics.json" }));
    }
}
