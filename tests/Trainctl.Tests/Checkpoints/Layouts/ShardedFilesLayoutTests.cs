using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class ShardedFilesLayoutTests
{
    [TestCase("bin")]
    [TestCase("pt")]
    [TestCase("pth")]
    [TestCase("gguf")]
    public async Task Parts_with_an_index_are_one_checkpoint(string extension)
    {
        Func<byte[]> content = extension == "gguf" ? () => ModelFormats.Gguf() : () => ModelFile.Zip();
        var unit = await new CatalogScene().Put(ShardedFilesRun.Checkpoint("r", 5, extension, content)).UnitAsync();

        Assert.That(
            (unit.Path, unit.Layout, unit.Run, unit.Step, unit.State, unit.ObjectCount, unit.MarkerKeys.Single()),
            Is.EqualTo((
                "r/model_step_5." + extension, "sharded-files", $"r/model_step_*-*-of-*.{extension}", (long?)5, CheckpointState.Complete, 3,
                $"r/model_step_5.{extension}.index.json")));
    }

    [Test]
    public async Task A_missing_part_is_named()
    {
        var scene = new CatalogScene().Put(ShardedFilesRun.Checkpoint("r", 5)).Remove("r/model_step_5-00001-of-00002.bin");

        Assert.That(await scene.StateAsync("r/model_step_5.bin"), Is.EqualTo((CheckpointState.InFlight, "shard 1 of 2 is missing")));
    }

    [Test]
    public async Task A_part_of_another_count_is_no_part_of_the_set()
    {
        var scene = new CatalogScene().Put(ShardedFilesRun.Checkpoint("r", 5)).Put("r/model_step_5-00001-of-00003.bin", ModelFile.Zip());

        Assert.That((await scene.StateAsync("r/model_step_5.bin")).Reason, Is.EqualTo("shard 2 of 3 is missing"));
    }

    [Test]
    public async Task An_index_that_others_of_the_series_have_is_missed()
    {
        var scene = new CatalogScene().Put(ShardedFilesRun.Files("r", 5, 6)).Remove("r/model_step_6.bin.index.json");

        Assert.That(
            await scene.StateAsync("r/model_step_6.bin"),
            Is.EqualTo((CheckpointState.InFlight, "model_step_6.bin.index.json is missing, and others of its series have theirs")));
        Assert.That((await scene.Remove("r/model_step_5.bin.index.json").StateAsync("r/model_step_6.bin")).State, Is.EqualTo(CheckpointState.Complete));
    }

    [Test]
    public async Task A_part_that_only_the_index_knows_is_named()
    {
        var scene = new CatalogScene().Put(ShardedFilesRun.Checkpoint("r", 5)).Put("r/model_step_5.bin.index.json", """{"weight_map":{"a":"other.bin"}}""");

        Assert.That((await scene.StateAsync("r/model_step_5.bin")).Reason, Is.EqualTo("other.bin is missing, and model_step_5.bin.index.json lists it"));
    }

    [TestCase("bin", "is cut short: it has no zip end record")]
    [TestCase("gguf", "has 323 bytes and needs 324")]
    public async Task A_part_that_is_cut_short_is_named(string extension, string reason)
    {
        Func<byte[]> content = extension == "gguf" ? () => ModelFormats.Gguf() : () => ModelFile.Zip();
        var scene = new CatalogScene().Put(ShardedFilesRun.Checkpoint("r", 5, extension, content));
        scene.Put($"r/model_step_5-00002-of-00002.{extension}", content().Cut(1));

        Assert.That((await scene.StateAsync("r/model_step_5." + extension)).Reason, Is.EqualTo($"model_step_5-00002-of-00002.{extension} {reason}"));
    }

    [TestCase("train-00000-of-00010.bin")]
    [TestCase("data-00001-of-00010.parquet")]
    [TestCase("pytorch_model-00001-of-00002.bin")]
    [TestCase("Grok-100B-v1.0-Q4_0-00003-of-00009.gguf")]
    [TestCase("step_5-00001-of-00002.tar")]
    public async Task Data_and_models_in_parts_are_no_checkpoints(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.OtherObjects.Count), Is.EqualTo((0, 1)));
    }
}
