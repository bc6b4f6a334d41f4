using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Tests.Retention;

namespace Trainctl.Tests.Checkpoints.Layouts;

/// <summary>Files with names of people's own: of <c>torch.save</c>, TorchSharp and ML.NET.</summary>
public sealed class ScriptFileLayoutTests
{
    [TestCase("model_step_500.pt", 500L, null, "model_step_*.pt")]
    [TestCase("ckpt_500.pt", 500L, null, "ckpt_*.pt")]
    [TestCase("checkpoint_500.pth", 500L, null, "checkpoint_*.pth")]
    [TestCase("epoch_3.ckpt", null, 3.0, "epoch_*.ckpt")]
    [TestCase("net-epoch=3-loss=0.5.pt", null, 3.0, "net-epoch=*-loss=*.pt")]
    public async Task A_step_or_an_epoch_makes_a_torch_file_a_checkpoint(string name, long? step, double? epoch, string run)
    {
        var unit = await new CatalogScene().Put(name, ModelFile.Zip()).UnitAsync();

        Assert.That((unit.Layout, unit.Step, unit.Epoch, unit.Run, unit.State), Is.EqualTo(("torch-file", step, epoch, run, CheckpointState.Complete)));
    }

    [Test]
    public async Task A_torch_file_that_is_cut_short_or_empty_is_named()
    {
        var catalog = await new CatalogScene().Put(ScriptRun.Torch("r", 1, 2, 3)).Put("r/model_step_2.pt", ModelFile.Zip().Cut()).Put("r/model_step_3.pt", []).ReadAsync();

        Assert.That(catalog.Units.Select(static u => u.StateReason), Is.EqualTo(new[]
        {
            null, "model_step_2.pt is cut short: it has no zip end record", "model_step_3.pt is empty",
        }));
    }

    [Test]
    public async Task A_TorchSharp_file_is_whole_to_its_last_tensor()
    {
        var catalog = await new CatalogScene().Put(ScriptRun.TorchSharp("r", 1, 2, 3)).Put("r/model_step_2.dat", ModelFormats.TorchSharp(8, 3).Cut(1))
            .Put("r/model_step_3.dat", []).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Step, u.StateReason)), Is.EqualTo(new[]
            {
                (1L, null), (2L, "model_step_2.dat is cut short: a tensor's bytes are missing"), (3L, "model_step_3.dat is empty"),
            }));
            Assert.That(catalog.Runs.Single().Layout, Is.EqualTo("torchsharp"));
            Assert.That(catalog.Units.Select(static u => u.Untouchable), Is.All.Null);
        });
    }

    [TestCase("net_step_1.dat", "torchsharp")]
    [TestCase("model-epoch1.zip", "mlnet")]
    public async Task What_is_something_else_than_its_name_says_is_never_deleted(string name, string layout)
    {
        var extension = Path.GetExtension(name);
        var newer = extension == ".zip" ? ("model-epoch2.zip", ModelFormats.MlNet()) : ("net_step_2.dat", ModelFormats.TorchSharp(3));
        var data = extension == ".zip" ? ModelFormats.Zip("images/1.png") : "time,value\n1,2\n"u8.ToArray();

        var catalog = await new CatalogScene().Put(name, data).Put(newer).ReadAsync();
        var decisions = RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, new RetentionPolicy { KeepLast = 1 }, RetentionScene.Now);

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Layout, u.State)), Is.EqualTo(new[] { (layout, CheckpointState.Incomplete), (layout, CheckpointState.Complete) }));
            Assert.That(decisions[0].Keep, Is.True);
            Assert.That(decisions[0].Unit.Untouchable, Is.EqualTo($"{name} is something else than its name says"));
        });
    }

    [Test]
    public async Task An_ML_NET_model_is_judged_by_its_zip()
    {
        var catalog = await new CatalogScene().Put(ScriptRun.MlNet("r", 1, 2, 3)).Put("r/model_step_2.zip", ModelFormats.MlNet().Cut()).Put("r/model_step_3.zip", []).ReadAsync();

        Assert.That(catalog.Units.Select(static u => u.StateReason), Is.EqualTo(new[]
        {
            null, "model_step_2.zip is cut short: it has no zip end record", "model_step_3.zip is empty",
        }));
    }

    [TestCase("ckpt.pt")]
    [TestCase("part-3.bin")]
    [TestCase("shard-00001.tar")]
    [TestCase("img_7.png")]
    [TestCase("step_5.csv")]
    [TestCase("step_5.dat")]
    [TestCase("epoch1.zip")]
    [TestCase("images_epoch1.zip")]
    [TestCase("yolov8n.pt")]
    [TestCase("batch_7.pt")]
    [TestCase("model_step_5.pt.tmp")]
    [TestCase("model_step_5-00001-of-00002.json")]
    public async Task Models_and_data_are_no_checkpoints(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.OtherObjects.Count), Is.EqualTo((0, 1)));
    }
}
