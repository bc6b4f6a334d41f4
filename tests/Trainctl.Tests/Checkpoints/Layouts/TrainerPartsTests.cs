using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

/// <summary>What DeepSpeed and FSDP write inside a checkpoint of the Trainer belongs to it.</summary>
public sealed class TrainerPartsTests
{
    [Test]
    public async Task States_inside_belong_to_the_Trainers_checkpoint()
    {
        var catalog = await new CatalogScene().HuggingFace("run/checkpoint-5", 5).Put(DeepSpeedRun.Checkpoint("run/checkpoint-5/global_step5")).Put("run/checkpoint-5/latest", "global_step5")
            .HuggingFace("run/checkpoint-6", 6).Put(DistributedRun.Checkpoint("run/checkpoint-6/pytorch_model_fsdp_0")).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Path, u.Layout, u.State, u.ObjectCount)), Is.EqualTo(new[]
            {
                ("run/checkpoint-5", "huggingface-trainer", CheckpointState.Complete, 9), ("run/checkpoint-6", "huggingface-trainer", CheckpointState.Complete, 8),
            }));
            Assert.That(catalog.Pointers, Is.Empty);
        });
    }

    [TestCase("global_step5/zero_pp_rank_0_mp_rank_00_optim_states.pt", "global_step5/zero_pp_rank_0_mp_rank_00_optim_states.pt is missing, and other ranks have theirs")]
    [TestCase("global_step5/mp_rank_00_model_states.pt", "global_step5/*_model_states.pt of all ranks are missing")]
    [TestCase("optimizer_0/__0_0.distcp", "optimizer_0/__0_0.distcp is missing, and .metadata lists it")]
    public async Task A_hole_in_them_makes_it_incomplete(string missing, string reason)
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Put(DeepSpeedRun.Checkpoint("checkpoint-5/global_step5")).Put(DistributedRun.Checkpoint("checkpoint-5/optimizer_0"))
            .Remove($"checkpoint-5/{missing}");

        Assert.That((await scene.UnitAsync()).StateReason, Is.EqualTo(reason));
    }

    /// <summary>The parts come first; without the Trainer's own files they must not pass for a whole checkpoint.</summary>
    [TestCase("global_step5")]
    [TestCase("pytorch_model_fsdp_0")]
    public async Task States_before_everything_else_are_a_checkpoint_in_the_making(string part)
    {
        var files = part == "global_step5" ? DeepSpeedRun.Checkpoint($"checkpoint-5/{part}") : DistributedRun.Checkpoint($"checkpoint-5/{part}");

        var unit = await new CatalogScene().Put(files).UnitAsync();

        Assert.That((unit.Path, unit.State, unit.StateReason), Is.EqualTo(("checkpoint-5", CheckpointState.InFlight, "trainer_state.json, which is written last, is missing")));
    }

    [Test]
    public async Task A_state_of_the_Trainer_decides_between_it_and_accelerate()
    {
        var unit = await new CatalogScene().HuggingFace("checkpoint-5", 5).Put("checkpoint-5/random_states_0.pkl", ModelFile.Zip()).UnitAsync();

        Assert.That((unit.Layout, unit.State), Is.EqualTo(("huggingface-trainer", CheckpointState.Complete)));
    }

    [Test]
    public async Task A_distributed_checkpoint_with_the_Trainers_name_is_none_of_the_Trainer()
    {
        var unit = await new CatalogScene().Put(DistributedRun.Checkpoint("checkpoint-5")).UnitAsync();

        Assert.That((unit.Layout, unit.State), Is.EqualTo(("torch-distributed", CheckpointState.Complete)));
    }

    /// <summary>As copies look that move many files at once: the small ones are there, and what training goes on from is not.</summary>
    [TestCase("optimizer.pt", "optimizer.pt is missing, and the checkpoint before has it")]
    [TestCase("scheduler.pt", "scheduler.pt is missing, and the checkpoint before has it")]
    [TestCase("rng_state_", "rng_state_#.pth is missing, and the checkpoint before has it")]
    [TestCase("optimizer_0/", "optimizer_0/.metadata is missing, and the checkpoint before has it")]
    [TestCase("global_step6/zero_pp_rank_3", "global_step*/zero_pp_rank_3_mp_rank_00_model_states.pt is missing, and the checkpoint before has 4 of its kind")]
    public async Task A_copy_without_what_the_checkpoint_before_has_does_not_push_that_out(string missing, string reason)
    {
        var scene = new CatalogScene().Put(Whole("run", 5), 5).Put(Whole("run", 6).Where(f => !f.Key.StartsWith($"run/checkpoint-6/{missing}", StringComparison.Ordinal)), 6);

        var newest = (await scene.ReadAsync()).Units.Last();
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        await new PruneCheckpoints(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 }, host, scene.Store).RunAsync(CancellationToken.None);
        var left = (await scene.ReadAsync()).Units.Select(static u => (u.Step, u.State));

        Assert.Multiple(() =>
        {
            Assert.That((newest.State, newest.StateReason), Is.EqualTo((CheckpointState.InFlight, reason)));
            Assert.That(left, Is.EqualTo(new (long?, CheckpointState)[] { (5, CheckpointState.Complete), (6, CheckpointState.InFlight) }));
        });
    }

    [Test]
    public async Task A_run_that_saves_only_models_is_whole_without_the_rest()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Remove("checkpoint-5/optimizer.pt").HuggingFace("checkpoint-6", 6).Remove("checkpoint-6/optimizer.pt");

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>The last checkpoint of a training that went on with fewer ranks is no half one: it would never be published.</summary>
    [Test]
    public async Task Ranks_come_and_go()
    {
        var scene = new CatalogScene();
        foreach (var (step, ranks) in new[] { (1, 4), (2, 4), (3, 2) })
        {
            scene.HuggingFace($"checkpoint-{step}", step).Remove($"checkpoint-{step}/rng_state.pth");
            for (var rank = 0; rank < ranks; rank++)
                scene.Put($"checkpoint-{step}/rng_state_{rank}.pth", ModelFile.Zip(), step);
        }

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>What <c>zero_to_fp32.py</c> makes of a checkpoint stays in it, and no other has it.</summary>
    [Test]
    public async Task Weights_that_somebody_merged_are_not_demanded_of_the_next_checkpoint()
    {
        var scene = new CatalogScene().Put(Whole("run", 5), 5).Put("run/checkpoint-5/pytorch_model.bin", ModelFile.Zip(), 9).Put(Whole("run", 6), 6);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>A checkpoint that is being written has little, and says so; the next one is measured by the last that had all.</summary>
    [Test]
    public async Task An_unfinished_checkpoint_is_no_measure()
    {
        var scene = new CatalogScene().Put(Whole("run", 5), 5).Put("run/checkpoint-6/model.safetensors", ModelFile.Safetensors(), 6)
            .Put(Whole("run", 7).Where(static f => !f.Key.EndsWith("/optimizer.pt", StringComparison.Ordinal)), 7);

        Assert.That((await scene.StateAsync("run/checkpoint-7")).Reason, Is.EqualTo("optimizer.pt is missing, and the checkpoint before has it"));
    }

    /// <summary>With all kinds of states that one may have.</summary>
    private static IEnumerable<(string Key, byte[] Content)> Whole(string run, int step)
    {
        var path = $"{run}/checkpoint-{step}";
        return
        [
            .. DeepSpeedRun.Stage3($"{path}/global_step{step}", data: 4), .. DistributedRun.Checkpoint($"{path}/optimizer_0"), .. DistributedRun.Checkpoint($"{path}/pytorch_model_fsdp_0"),
            ($"{path}/model.safetensors", ModelFile.Safetensors()), ($"{path}/optimizer.pt", ModelFile.Zip()), ($"{path}/scheduler.pt", ModelFile.Zip()),
            .. Enumerable.Range(0, 4).Select(rank => ($"{path}/rng_state_{rank}.pth", ModelFile.Zip())),
            ($"{path}/trainer_state.json", System.Text.Encoding.UTF8.GetBytes($$"""{"global_step":{{step}}}""")),
        ];
    }
}
