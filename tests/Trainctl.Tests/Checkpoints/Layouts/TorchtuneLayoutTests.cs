using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class TorchtuneLayoutTests
{
    [Test]
    public async Task Whole_checkpoints_of_all_forms_are_complete()
    {
        var catalog = await new CatalogScene()
            .Put(TorchtuneRun.OneFile("out/epoch_0"), 1).Put(TorchtuneRun.Adapter("out/epoch_1"), 2).Put(TorchtuneRun.Checkpoint("out/epoch_2", isLast: true), 3)
            .Put(TorchtuneRun.Checkpoint("out/step_50"), 1).Put("out/torchtune_config.yaml").ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.Epoch, u.State, u.Layout)), Is.EqualTo(new (string, string, long?, double?, CheckpointState, string)[]
            {
                ("out/epoch_*", "out/epoch_0", null, 0, CheckpointState.Complete, "torchtune"),
                ("out/epoch_*", "out/epoch_1", null, 1, CheckpointState.Complete, "torchtune"),
                ("out/epoch_*", "out/epoch_2", null, 2, CheckpointState.Complete, "torchtune"),
                ("out/step_*", "out/step_50", 50, null, CheckpointState.Complete, "torchtune"),
            }));
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { "out/torchtune_config.yaml" }));
        });
    }

    [TestCase("model-00001-of-00002.safetensors", "shard 1 of 2 is missing (model)")]
    [TestCase("model-00002-of-00002.safetensors", "shard 2 of 2 is missing (model)")]
    [TestCase("model.safetensors.index.json", "model.safetensors.index.json is missing")]
    public async Task A_missing_shard_or_index_is_named(string missing, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithoutAsync(TorchtuneRun.Checkpoint("epoch_1"), $"epoch_1/{missing}"), Is.EqualTo(reason));

    [TestCase("model.safetensors.index.json", "{", "model.safetensors.index.json cannot be parsed")]
    [TestCase("model.safetensors.index.json", """{"weight_map":{"a":"model-00003-of-00003.safetensors"}}""", "model-00003-of-00003.safetensors is missing, and model.safetensors.index.json lists it")]
    [TestCase("model-00001-of-00002.safetensors", "cut", "model-00001-of-00002.safetensors has no whole safetensors header")]
    [TestCase("recipe_state.pt", "PK-cut", "recipe_state.pt is cut short: it has no zip end record")]
    public async Task A_broken_file_makes_it_incomplete(string name, string content, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithAsync(TorchtuneRun.Checkpoint("epoch_1"), $"epoch_1/{name}", Encoding.UTF8.GetBytes(content)), Is.EqualTo(reason));

    [Test]
    public async Task Recipe_state_alone_is_no_checkpoint_to_go_on_from()
    {
        var unit = await new CatalogScene().Put("epoch_1/recipe_state.pt", ModelFile.Zip()).UnitAsync();

        Assert.That(unit.StateReason, Is.EqualTo("it has no weights"));
    }

    [TestCase("epoch_3/predictions.csv")]
    [TestCase("epoch_3/shard-00001.tar")]
    [TestCase("step_7/part-3.bin")]
    [TestCase("epoch_3_samples/model.safetensors")]
    [TestCase("epoch_x/recipe_state.pt")]
    public async Task What_only_looks_like_torchtune_is_not(string key) => await LookAlikes.AssertUnclaimedAsync(key);
}
