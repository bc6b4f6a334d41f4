using Trainctl.Checkpoints;
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
}
