using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class AccelerateLayoutTests
{
    [Test]
    public async Task Whole_checkpoints_of_all_forms_are_complete()
    {
        var catalog = await new CatalogScene()
            .Put(AccelerateRun.Checkpoint("p/checkpoints/checkpoint_0"), 1).Put(AccelerateRun.Sharded("p/checkpoints/checkpoint_1"), 2)
            .Put(AccelerateRun.DeepSpeed("p/checkpoints/checkpoint_2"), 3).Put(AccelerateRun.Checkpoint("p/step_100"), 1).Put(AccelerateRun.Checkpoint("p/epoch_0"), 1).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.Epoch, u.State, u.Layout)), Is.EqualTo(new (string, string, long?, double?, CheckpointState, string)[]
            {
                ("p/checkpoints/checkpoint_*", "p/checkpoints/checkpoint_0", 0, null, CheckpointState.Complete, "accelerate"),
                ("p/checkpoints/checkpoint_*", "p/checkpoints/checkpoint_1", 1, null, CheckpointState.Complete, "accelerate"),
                ("p/checkpoints/checkpoint_*", "p/checkpoints/checkpoint_2", 2, null, CheckpointState.Complete, "accelerate"),
                ("p/epoch_*", "p/epoch_0", null, 0, CheckpointState.Complete, "accelerate"),
                ("p/step_*", "p/step_100", 100, null, CheckpointState.Complete, "accelerate"),
            }));
            Assert.That(catalog.OtherObjects, Is.Empty);
            Assert.That(catalog.Pointers, Is.Empty);
        });
    }

    [TestCase("random_states_0.pkl", "random_states_0.pkl is missing, and other ranks have theirs")]
    [TestCase("random_states_1.pkl", "random_states_1.pkl is missing, and other ranks have theirs")]
    [TestCase("model.safetensors", "it has no weights")]
    public async Task A_missing_file_is_named(string missing, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithoutAsync(AccelerateRun.Checkpoint("checkpoint_5", ranks: 3), $"checkpoint_5/{missing}"), Is.EqualTo(reason));

    [Test]
    public async Task Before_the_last_file_it_is_incomplete() => Assert.That(
        await FrameworkFiles.ReasonWithoutAsync(AccelerateRun.Checkpoint("checkpoint_5", ranks: 1), "checkpoint_5/random_states_0.pkl"),
        Is.EqualTo("random_states_0.pkl, which is written last, is missing"));

    [TestCase("pytorch_model_fsdp_0/.metadata", "pytorch_model_fsdp_0/.metadata, which is written last, is missing")]
    [TestCase("optimizer_0/__1_0.distcp", "optimizer_0/__1_0.distcp is missing, and .metadata lists it")]
    public async Task A_hole_in_sharded_states_is_named(string missing, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithoutAsync(AccelerateRun.Sharded("checkpoint_5"), $"checkpoint_5/{missing}"), Is.EqualTo(reason));

    [Test]
    public async Task A_hole_in_DeepSpeeds_states_is_named() => Assert.That(
        await FrameworkFiles.ReasonWithoutAsync(AccelerateRun.DeepSpeed("checkpoint_5"), "checkpoint_5/pytorch_model/zero_pp_rank_0_mp_rank_00_optim_states.pt"),
        Is.EqualTo("pytorch_model/zero_pp_rank_0_mp_rank_00_optim_states.pt is missing, and other ranks have theirs"));

    /// <summary>The name is the Trainer's, whose checkpoints have a state that these never have.</summary>
    [Test]
    public async Task Checkpoints_of_diffusers_scripts_are_not_taken_for_unfinished_ones_of_the_Trainer()
    {
        var catalog = await new CatalogScene().Put(AccelerateRun.Diffusers("out/checkpoint-500"), 1).Put(AccelerateRun.Diffusers("out/checkpoint-1000"), 2)
            .Put("out/checkpoint-1500/unet/diffusion_pytorch_model.safetensors", ModelFile.Safetensors(), 3).Put("out/checkpoint-1500/optimizer.bin", ModelFile.Zip(), 3).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.State)), Is.EqualTo(new (string, string, long?, CheckpointState)[]
            {
                ("out/checkpoint-*", "out/checkpoint-500", 500, CheckpointState.Complete), ("out/checkpoint-*", "out/checkpoint-1000", 1000, CheckpointState.Complete),
                ("out/checkpoint-*", "out/checkpoint-1500", 1500, CheckpointState.InFlight),
            }));
        });
    }

    [Test]
    public async Task Sharded_states_without_anything_beside_them_are_a_checkpoint_in_the_making()
    {
        var unit = await new CatalogScene().Put(DistributedRun.Checkpoint("checkpoint_5/pytorch_model_fsdp_0")).UnitAsync();

        Assert.That((unit.Path, unit.State, unit.StateReason), Is.EqualTo(("checkpoint_5", CheckpointState.InFlight, "random_states_0.pkl, which is written last, is missing")));
    }

    /// <summary>As copies look that move many files at once: each rank's random states, which are written last, are small.</summary>
    [TestCase("checkpoint_6/optimizer.bin", "optimizer.bin is missing, and the checkpoint before has it")]
    [TestCase("checkpoint_6/scheduler.bin", "scheduler.bin is missing, and the checkpoint before has it")]
    [TestCase("checkpoint_6/custom_checkpoint_1.pkl", "custom_checkpoint_1.pkl is missing, and the checkpoint before has 2 of its kind")]
    [TestCase("checkpoint_6/model_1", "model_1.safetensors is missing, and the checkpoint before has it")]
    [TestCase("checkpoint_6/optimizer_0/", "optimizer_0/.metadata is missing, and the checkpoint before has it")]
    [TestCase("checkpoint_6/pytorch_model/zero_pp_rank_1", "pytorch_model/zero_pp_rank_1_mp_rank_00_optim_states.pt is missing, and the checkpoint before has 2 of its kind")]
    [TestCase("checkpoint_6/unet_ema/", "unet_ema/diffusion_pytorch_model.safetensors is missing, and the checkpoint before has it")]
    [TestCase("checkpoint_6/text_encoder_2/", "text_encoder_2/model.safetensors is missing, and the checkpoint before has it")]
    public async Task What_the_checkpoint_before_has_is_missed(string missing, string reason)
    {
        var scene = new CatalogScene().Put(All("checkpoint_5"), 5).Put(All("checkpoint_6").Where(f => !f.Key.StartsWith(missing, StringComparison.Ordinal)), 6);

        Assert.That(await scene.StateAsync("checkpoint_6"), Is.EqualTo((CheckpointState.InFlight, reason)));
    }

    [Test]
    public async Task Each_series_has_its_own_checkpoint_before()
    {
        var scene = new CatalogScene().Put(All("step_5"), 5).Put(AccelerateRun.Checkpoint("epoch_6"), 6).Put(All("checkpoint_5"), 5).Put(All("checkpoint_6"), 6);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>With all kinds of states that one may have.</summary>
    private static IEnumerable<(string Key, byte[] Content)> All(string path) =>
    [
        .. AccelerateRun.Checkpoint(path), .. DistributedRun.Checkpoint($"{path}/optimizer_0"), .. DistributedRun.Checkpoint($"{path}/pytorch_model_fsdp_0"),
        .. DeepSpeedRun.Checkpoint($"{path}/pytorch_model"), ($"{path}/model_1.safetensors", ModelFile.Safetensors()),
        .. new[] { "unet", "unet_ema" }.Select(part => ($"{path}/{part}/diffusion_pytorch_model.safetensors", ModelFile.Safetensors())),
        .. new[] { "text_encoder", "text_encoder_2" }.Select(part => ($"{path}/{part}/model.safetensors", ModelFile.Safetensors())),
        ($"{path}/custom_checkpoint_0.pkl", ModelFile.Zip()), ($"{path}/custom_checkpoint_1.pkl", ModelFile.Zip()),
    ];

    [TestCase("optimizer.bin", "PK-cut", "optimizer.bin is cut short: it has no zip end record")]
    [TestCase("random_states_1.pkl", "", "random_states_1.pkl is empty")]
    [TestCase("model.safetensors", "", "model.safetensors is empty")]
    [TestCase("model.safetensors.index.json", "{", "model.safetensors.index.json cannot be parsed")]
    public async Task A_broken_file_makes_it_incomplete(string name, string content, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithAsync(AccelerateRun.Checkpoint("checkpoint_5"), $"checkpoint_5/{name}", Encoding.UTF8.GetBytes(content)), Is.EqualTo(reason));

    [TestCase("checkpoint_5/img_7.png")]
    [TestCase("checkpoint_5/part-3.bin")]
    [TestCase("checkpoint_x/random_states_0.pkl")]
    [TestCase("my_checkpoint/random_states_0.pkl")]
    public async Task What_only_looks_like_accelerate_is_not(string key) => await LookAlikes.AssertUnclaimedAsync(key);
}
