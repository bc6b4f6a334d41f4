using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class MegatronLayoutTests
{
    [Test]
    public async Task Whole_checkpoints_of_both_forms_are_complete_and_the_text_names_one()
    {
        var catalog = await new CatalogScene()
            .Put(MegatronRun.Ranks("run/iter_0000100", tensors: 2, pipelines: 2, distributedOptimizer: true), 1)
            .Put(MegatronRun.Checkpoint("run/iter_0000200"), 2)
            .Put(MegatronRun.Checkpoint("run/release"), 0)
            .Put(MegatronRun.Latest("run", "100"), 2)
            .Put("run/progress.txt", "log").ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.State, u.Layout)), Is.EqualTo(new (string, string, long?, CheckpointState, string)[]
            {
                ("run", "run/iter_0000100", 100, CheckpointState.Complete, "megatron"),
                ("run", "run/iter_0000200", 200, CheckpointState.Complete, "megatron"),
                ("run/release", "run/release", null, CheckpointState.Complete, "megatron"),
            }));
            Assert.That(catalog.Described(), Is.EqualTo(new[] { "Last run/latest_checkpointed_iteration.txt -> run/iter_0000100" }));
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { "run/progress.txt" }));
        });
    }

    [TestCase("mp_rank_00_000/model_optim_rng.pt")]
    [TestCase("mp_rank_01_001/model_optim_rng.pt")]
    [TestCase("mp_rank_01_001/distrib_optim.pt")]
    public async Task A_hole_in_the_ranks_is_named(string missing)
    {
        var reason = await FrameworkFiles.ReasonWithoutAsync(MegatronRun.Ranks("iter_0000005", 2, 2, distributedOptimizer: true), $"iter_0000005/{missing}");

        Assert.That(reason, Is.EqualTo($"{missing} is missing, and other ranks have theirs"));
    }

    [TestCase("metadata.json", "metadata.json, which is written last, is missing")]
    [TestCase(".metadata", ".metadata, which is written last, is missing")]
    [TestCase("__1_0.distcp", "__1_0.distcp is missing, and .metadata lists it")]
    public async Task A_missing_file_of_a_distributed_checkpoint_is_named(string missing, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithoutAsync(MegatronRun.Checkpoint("iter_0000005"), $"iter_0000005/{missing}"), Is.EqualTo(reason));

    /// <summary>Newer versions write no <c>common.pt</c>, so that only the siblings tell that <c>metadata.json</c> is still to come.</summary>
    [Test]
    public async Task What_its_siblings_have_a_checkpoint_needs_too()
    {
        var scene = new CatalogScene().Put(MegatronRun.Checkpoint("iter_0000001"), 1).Put(DistributedRun.Checkpoint("iter_0000002"), 2);

        var beside = await scene.StateAsync("iter_0000002");
        var alone = await new CatalogScene().Put(DistributedRun.Checkpoint("iter_0000002"), 2).UnitAsync();

        Assert.Multiple(() =>
        {
            Assert.That(beside, Is.EqualTo((CheckpointState.InFlight, "metadata.json, which is written last, is missing")));
            Assert.That(alone.State, Is.EqualTo(CheckpointState.Complete), alone.StateReason);
        });
    }

    /// <summary>Its format may be changed in the middle of a run; what was whole before must not be deleted as broken.</summary>
    [Test]
    public async Task A_checkpoint_from_before_a_change_of_format_stays_complete()
    {
        var scene = new CatalogScene().Put(DistributedRun.Checkpoint("iter_0000001"), 1).Put(MegatronRun.Checkpoint("iter_0000002"), 2);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>As Megatron Bridge writes with FSDP, after a model was imported into the same folder.</summary>
    [Test]
    public async Task Checkpoints_of_a_format_without_a_configuration_are_whole_after_an_import_with_one()
    {
        var scene = new CatalogScene().Put(MegatronRun.Checkpoint("iter_0000000"), 1).Put(Bridge("iter_0000100"), 2).Put(Bridge("iter_0000200"), 3);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => (u.State, u.StateReason)), Is.All.EqualTo((CheckpointState.Complete, (string?)null)));
    }

    /// <summary>A copy under way that has neither <c>common.pt</c> nor <c>metadata.json</c> yet looks like that format.</summary>
    [Test]
    public async Task The_configuration_is_still_missed_where_the_checkpoint_before_has_it()
    {
        var scene = new CatalogScene().Put([.. Bridge("iter_0000100"), .. MegatronRun.Checkpoint("iter_0000100")], 1).Put(Bridge("iter_0000200"), 2);

        Assert.That(await scene.StateAsync("iter_0000200"), Is.EqualTo((CheckpointState.InFlight, "metadata.json, which is written last, is missing")));
    }

    [TestCase("metadata.json", "{", "metadata.json cannot be parsed")]
    [TestCase("metadata.json", "", "metadata.json cannot be parsed")]
    [TestCase("metadata.json", "{}", "metadata.json does not say how the rest is stored")]
    [TestCase("common.pt", "PK-cut", "common.pt is cut short: it has no zip end record")]
    [TestCase("__0_0.distcp", "", "__0_0.distcp has 0 bytes and needs *")]
    public async Task A_broken_file_makes_it_incomplete(string name, string content, string reason)
    {
        var found = await FrameworkFiles.ReasonWithAsync(MegatronRun.Checkpoint("iter_0000005"), $"iter_0000005/{name}", Encoding.UTF8.GetBytes(content));

        Assert.That(found, Does.Match($"^{reason.Replace(".", "\\.", StringComparison.Ordinal).Replace("*", "\\d+", StringComparison.Ordinal)}$"));
    }

    [Test]
    public async Task A_rank_cut_short_makes_it_incomplete()
    {
        var reason = await FrameworkFiles.ReasonWithAsync(MegatronRun.Ranks("iter_0000005"), "iter_0000005/mp_rank_01/model_optim_rng.pt", ModelFile.Zip().Cut());

        Assert.That(reason, Is.EqualTo("model_optim_rng.pt is cut short: it has no zip end record"));
    }

    [TestCase("release", "release")]
    [TestCase("5\n", "iter_0000005")]
    [TestCase("6", "")]
    [TestCase("", "")]
    public async Task The_pointer_names_a_number_or_release(string text, string target)
    {
        var catalog = await new CatalogScene().Put(MegatronRun.Ranks("iter_0000005")).Put(MegatronRun.Ranks("release")).Put(MegatronRun.Latest("x", text) with { Key = "latest_checkpointed_iteration.txt" }).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Described(), Is.EqualTo(new[] { $"Last latest_checkpointed_iteration.txt -> {target}" }));
            Assert.That(catalog.ReadFailures, Is.Empty);
        });
    }

    [TestCase("iter five")]
    [TestCase("-1")]
    public async Task A_pointer_that_says_something_else_stops_whoever_wants_to_delete(string text)
    {
        var catalog = await new CatalogScene().Put(MegatronRun.Ranks("run/iter_0000005")).Put(MegatronRun.Latest("run", text)).ReadAsync();

        Assert.That(catalog.ReadFailures.Select(static f => f.Error), Is.EqualTo(new[] { TrainctlError.UnreadablePointer }));
    }

    [TestCase("iter_0000005/shard-00001.tar")]
    [TestCase("iter_0000005/metadata.json")]
    [TestCase("iter_0000005/mp_rank_00/notes.txt")]
    [TestCase("release/app.zip")]
    [TestCase("iter_5/mp_rank_00/model_optim_rng.pt")]
    [TestCase("latest_checkpointed_iteration.txt")]
    public async Task What_only_looks_like_Megatron_is_not(string key) => await LookAlikes.AssertUnclaimedAsync(key);

    private static IEnumerable<(string Key, byte[] Content)> Bridge(string path) =>
        [.. DistributedRun.Checkpoint(path), ($"{path}/train_state.pt", ModelFile.Zip()), ($"{path}/run_config.yaml", "model: {}"u8.ToArray())];
}
