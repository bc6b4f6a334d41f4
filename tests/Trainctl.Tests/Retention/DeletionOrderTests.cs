using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Retention.Deleting;
using Trainctl.Storage;

namespace Trainctl.Tests.Retention;

public sealed class DeletionOrderTests
{
    [Test]
    public void What_makes_readers_believe_goes_first_and_what_shows_a_checkpoint_goes_last() => Assert.That(
        Order(
            "huggingface-trainer",
            "run/checkpoint-5",
            ["aaa.txt", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "trainer_state.json", "zzz.txt", ".trainctl-manifest.json"],
            ["model.safetensors.index.json", "trainer_state.json", ".trainctl-manifest.json"]),
        Is.EqualTo(new[]
        {
            "1 .trainctl-manifest.json", "1 trainer_state.json", "1 model.safetensors.index.json",
            "2 aaa.txt", "2 model-00001-of-00002.safetensors", "2 zzz.txt", "3 model-00002-of-00002.safetensors",
        }));

    /// <summary>Whoever only sees ranks 0 to 2 of 4 takes them for a whole grid; without rank 0 it has a hole.</summary>
    [Test]
    public void A_grid_of_ranks_loses_its_first_rank_first() => Assert.That(
        Order("grid", "global_step5", ["config.json=2", "rank_0.pt=100", "rank_1.pt=110", "rank_2.pt=100"], []),
        Is.EqualTo(new[] { "1 rank_0.pt", "2 config.json", "2 rank_1.pt", "2 rank_2.pt" }));

    /// <summary>Without it nothing shows that the rest, which the user put there, was part of a checkpoint.</summary>
    [Test]
    public void The_one_file_that_shows_an_incomplete_one_goes_last() => Assert.That(
        Order("torchtune", "run/step_20", ["aaa.txt", "recipe_state.pt=100", "vocab/zzz.txt"], [], state: CheckpointState.Incomplete),
        Is.EqualTo(new[] { "1 aaa.txt", "1 vocab/zzz.txt", "2 recipe_state.pt" }));

    /// <summary>Shards without their index are whole by their names, so a shard goes before it.</summary>
    [Test]
    public void Loose_shards_lose_a_shard_before_their_index() => Assert.That(
        Order(
            "safetensors",
            "files/step_1",
            ["step_1-00001-of-00002.safetensors", "step_1-00002-of-00002.safetensors", "step_1.safetensors.index.json", "step_1.trainctl-manifest.json"],
            ["step_1.safetensors.index.json", "step_1.trainctl-manifest.json"],
            isFolder: false),
        Is.EqualTo(new[]
        {
            "1 step_1.trainctl-manifest.json", "2 step_1-00001-of-00002.safetensors",
            "3 step_1.safetensors.index.json", "3 step_1-00002-of-00002.safetensors",
        }));

    [Test]
    public void A_single_file_goes_after_its_manifest() => Assert.That(
        Order("lightning", "last/epoch=1.ckpt", ["epoch=1.ckpt", "epoch=1.ckpt.trainctl-manifest.json"], ["epoch=1.ckpt.trainctl-manifest.json"], isFolder: false),
        Is.EqualTo(new[] { "1 epoch=1.ckpt.trainctl-manifest.json", "2 epoch=1.ckpt" }));

    /// <summary>A whole file without its metric would stop the next prune.</summary>
    [TestCase("a_step_5.metrics.json")]
    [TestCase("a_step_5.pt.metrics.json")]
    public void A_metrics_file_goes_after_the_file_that_it_is_about(string sidecar) => Assert.That(
        Order("torch-file", "last/a_step_5.pt", [.. new[] { sidecar, "a_step_5.pt" }.Order(StringComparer.Ordinal), "a_step_5.pt.trainctl-manifest.json"], ["a_step_5.pt.trainctl-manifest.json"], isFolder: false),
        Is.EqualTo(new[] { "1 a_step_5.pt.trainctl-manifest.json", "2 a_step_5.pt", $"3 {sidecar}" }));

    private static IEnumerable<string> Order(string layout, string path, string[] files, string[] markers, bool isFolder = true, CheckpointState state = CheckpointState.Complete)
    {
        var prefix = isFolder ? path + "/" : path[..(path.LastIndexOf('/') + 1)];
        var unit = new CheckpointUnit
        {
            Path = path,
            Layout = layout,
            Run = "run",
            Objects =
            [
                .. files.Select(f => f.Split('=') is [var name, var size] && int.TryParse(size, out var bytes)
                    ? new StoredObject { Key = prefix + name, Size = bytes, ModifiedAt = default }
                    : new StoredObject { Key = prefix + f, Size = 1, ModifiedAt = default }),
            ],
            ModifiedAt = default,
            State = state,
            MarkerKeys = [.. markers.Select(m => prefix + m)],
            ManifestKey = isFolder ? prefix + Manifest.FileName : path + Manifest.FileName,
            KeyPrefix = prefix,
            IsFolder = isFolder,
        };
        return DeletionOrder.Of(unit, new LoneObjects()).Select(o => $"{o.Batch} {o.Key[prefix.Length..]}");
    }
}
