using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class FileLayoutTests
{
    [TestCase("epoch=3-step=400", 400L, 3.0, "epoch=*-step=*")]
    [TestCase("step=400-epoch=03", 400L, 3.0, "step=*-epoch=*")]
    [TestCase("epoch=03-val_loss=0.32", null, 3.0, "epoch=*-val_loss=*")]
    [TestCase("val_loss=-1.5e-05-epoch=3-step=400", 400L, 3.0, "val_loss=*-epoch=*-step=*")]
    [TestCase("sample-mnist-epoch=02-val_loss=0.32", null, 2.0, "sample-mnist-epoch=*-val_loss=*")]
    [TestCase("epoch=1-step=2-val_loss=nan", 2L, 1.0, "epoch=*-step=*-val_loss=*")]
    [TestCase("epoch=3-acc=1-val_loss=0-top1_accuracy=100", null, 3.0, "epoch=*-acc=*-val_loss=*-top1_accuracy=*")]
    [TestCase("fold=0-epoch=9-val_loss=0.31", null, 9.0, "fold=0-epoch=*-val_loss=*")]
    [TestCase("seed=17-step=200-gap=inf-mean_reward=-5", 200L, null, "seed=17-step=*-gap=*-mean_reward=*")]
    [TestCase("lr=0.001-epoch=3-gap=1e5", null, 3.0, "lr=0.001-epoch=*-gap=*")]
    public void Equations_are_read_in_any_order(string name, long? step, double? epoch, string pattern)
    {
        var read = NumberedName.ParseEquations(name)!;

        Assert.That((read.Step, read.Epoch, read.Pattern), Is.EqualTo((step, epoch, pattern)));
    }

    [Test]
    public void Metrics_in_a_name_are_numbers_or_NaN()
    {
        var read = NumberedName.ParseEquations("val_loss=-1.5e-05-epoch=3-acc=0.75-bad=nan")!;

        Assert.That(read.Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["val_loss"] = -1.5e-05, ["acc"] = 0.75, ["bad"] = double.NaN }));
    }

    /// <summary>Each fold's, seed's or rank's checkpoints are a run of its own, and none pushes out another's.</summary>
    [TestCase("fold={1}-epoch={0}-val_loss=0.3{1}.ckpt", "fold={0}-epoch=*-val_loss=*.ckpt")]
    [TestCase("step={0}-rank={1}.pt", "step=*-rank={0}.pt")]
    [TestCase("epoch={0}-lr=0.{1}.safetensors", "epoch=*-lr=0.{0}.safetensors")]
    public async Task What_tells_trainings_apart_makes_runs(string name, string run)
    {
        var scene = new CatalogScene();
        foreach (var (epoch, other) in from epoch in Enumerable.Range(8, 2) from other in Enumerable.Range(0, 3) select (epoch, other))
            scene.Put("r/" + string.Format(CultureInfo.InvariantCulture, name, epoch, other), name.EndsWith(".safetensors", StringComparison.Ordinal) ? ModelFile.Safetensors() : ModelFile.Zip(), epoch);

        var catalog = await scene.ReadAsync();

        Assert.That(
            catalog.Runs.Select(static r => (r.Name, r.Units.Count)),
            Is.EqualTo(Enumerable.Range(0, 3).Select(other => ("r/" + string.Format(CultureInfo.InvariantCulture, run, other), 2))));
    }

    [TestCase("model_step_500", 500L, null)]
    [TestCase("step-500", 500L, null)]
    [TestCase("epoch_3", null, 3.0)]
    [TestCase("model_epoch_3_step_500", 500L, 3.0)]
    [TestCase("lora-step00000500", 500L, null)]
    [TestCase("global_step500", 500L, null)]
    public void Words_with_numbers_are_read(string name, long? step, double? epoch)
    {
        var read = NumberedName.ParseWords(name)!;

        Assert.That((read.Step, read.Epoch), Is.EqualTo((step, epoch)));
    }

    [TestCase("model")]
    [TestCase("adapter_model")]
    [TestCase("shard-00001")]
    [TestCase("img_7")]
    [TestCase("part-3")]
    [TestCase("qwen2.5-7b")]
    [TestCase("footstep_5")]
    [TestCase("step")]
    [TestCase("step_99999999999999999999999")]
    public void Other_numbers_are_no_steps(string name) => Assert.That(NumberedName.ParseWords(name), Is.Null);

    [TestCase("shard-00001.tar")]
    [TestCase("img_7.png")]
    [TestCase("part-3.bin")]
    [TestCase("data-00001-of-00010.parquet")]
    [TestCase("step_5.csv")]
    [TestCase("model-00001-of-00002.safetensors")]
    [TestCase("model.ckpt")]
    public async Task Data_and_models_are_no_checkpoints(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units, Is.Empty);
            Assert.That(catalog.OtherObjects, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Lightning_files_are_judged_by_their_end()
    {
        var scene = new CatalogScene()
            .Put("v0/epoch=0-step=10.ckpt", ModelFile.Zip(200_000), 1)
            .Put("v0/epoch=1-step=20.ckpt", ModelFile.Zip(200_000).Cut(), 2)
            .Put("v0/epoch=2-step=30-v1.ckpt", ModelFile.Zip(200_000), 3)
            .Put("v0/epoch=3-step=40.ckpt", ModelFile.Zip(200_000).Cut(100_000), 4)
            .Put("v0/last.ckpt", ModelFile.Zip(), 4).Put("v0/last-v1.ckpt", ModelFile.Zip().Cut(), 4).Put("v0/hpc_ckpt_2.ckpt", ModelFile.Zip(), 4);

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Single().Name, Is.EqualTo("v0/epoch=*-step=*.ckpt"));
            Assert.That(catalog.Units.Select(static u => u.State), Is.EqualTo(new[]
            {
                CheckpointState.Complete, CheckpointState.Incomplete, CheckpointState.Complete, CheckpointState.InFlight,
            }));
            Assert.That(catalog.Pointers.Select(static p => (p.Key, p.Problem is null)), Is.EqualTo(new[]
            {
                ("v0/hpc_ckpt_2.ckpt", true), ("v0/last-v1.ckpt", false), ("v0/last.ckpt", true),
            }));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    [Test]
    public async Task Series_with_different_names_in_one_folder_are_runs_of_their_own()
    {
        var catalog = await new CatalogScene()
            .Put("best-epoch=1-val_loss=0.5.ckpt", ModelFile.Zip()).Put("epoch=1-step=5.ckpt", ModelFile.Zip()).Put("epoch=2-step=9.ckpt", ModelFile.Zip()).ReadAsync();

        Assert.That(catalog.Runs.Select(static r => (r.Name, r.Units.Count)), Is.EqualTo(new[] { ("best-epoch=*-val_loss=*.ckpt", 1), ("epoch=*-step=*.ckpt", 2) }));
    }

    [Test]
    public async Task Sharded_safetensors_are_one_checkpoint_with_their_index()
    {
        var scene = new CatalogScene()
            .Put("m_step_5-00001-of-00002.safetensors", ModelFile.Safetensors()).Put("m_step_5-00002-of-00002.safetensors", ModelFile.Safetensors())
            .Put("m_step_5.safetensors.index.json", """{"weight_map":{"a":"m_step_5-00001-of-00002.safetensors","b":"m_step_5-00002-of-00002.safetensors"}}""");

        var whole = await scene.UnitAsync();
        var holed = await scene.Remove("m_step_5-00001-of-00002.safetensors").UnitAsync();

        Assert.Multiple(() =>
        {
            Assert.That((whole.Path, whole.Step, whole.State, whole.ObjectCount), Is.EqualTo(("m_step_5", 5L, CheckpointState.Complete, 3)));
            Assert.That(whole.ManifestKey, Is.EqualTo("m_step_5.trainctl-manifest.json"));
            Assert.That(holed.StateReason, Is.EqualTo("shard 1 of 2 is missing"));
        });
    }

    [Test]
    public async Task A_single_safetensors_file_must_have_its_exact_length()
    {
        var scene = new CatalogScene().Put("step_1.safetensors", ModelFile.Safetensors(), 1).Put("step_2.safetensors", [.. ModelFile.Safetensors(), 0], 2);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.EqualTo(new[] { CheckpointState.Complete, CheckpointState.InFlight }));
    }
}
