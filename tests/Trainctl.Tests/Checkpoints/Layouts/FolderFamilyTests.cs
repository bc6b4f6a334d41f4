using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

/// <summary>What holds for every family of folders, on what its framework writes.</summary>
public sealed class FolderFamilyTests
{
    private static readonly (string Name, Func<int, string> Path, Func<string, IEnumerable<(string Key, byte[] Content)>> Files)[] Families =
    [
        ("torch-distributed", Path($"step-{0}"), static path => DistributedRun.Checkpoint(path)),
        ("torch-distributed in Lightning", Path($"epoch=1-step={0}.ckpt"), static path => DistributedRun.Lightning(path)),
        ("composer-sharded", Path($"ep1-ba{0}"), static path => DistributedRun.Checkpoint(path)),
        ("deepspeed", Path($"global_step{0}"), static path => DeepSpeedRun.Checkpoint(path)),
        ("deepspeed stage 3", Path($"global_step{0}"), static path => DeepSpeedRun.Stage3(path)),
        ("deepspeed pipeline", Path($"global_step{0}"), static path => DeepSpeedRun.Pipeline(path, 2, 0, 3)),
        ("deepspeed experts", Path($"global_step{0}"), static path => DeepSpeedRun.Experts(path)),
        ("deepspeed in Lightning", Path($"epoch=1-step={0}.ckpt"), static path => DeepSpeedRun.Stage3(path + "/checkpoint")),
        ("megatron", Path($"iter_{0:D7}"), static path => MegatronRun.Checkpoint(path)),
        ("megatron ranks", Path($"iter_{0:D7}"), static path => MegatronRun.Ranks(path, 2, 2, distributedOptimizer: true)),
        ("orbax", Path($"{0}"), static path => OrbaxRun.Checkpoint(path, loss: 0.5, commit: true)),
        ("torchtune", Path($"step_{0}"), static path => TorchtuneRun.Checkpoint(path)),
        ("torchtune adapter", Path($"step_{0}"), TorchtuneRun.Adapter),
        ("torchtune single file", Path($"step_{0}"), TorchtuneRun.OneFile),
        ("accelerate", Path($"checkpoint_{0}"), static path => AccelerateRun.Checkpoint(path)),
        ("accelerate sharded", Path($"checkpoint_{0}"), static path => AccelerateRun.Sharded(path)),
        ("accelerate deepspeed", Path($"checkpoint_{0}"), static path => AccelerateRun.DeepSpeed(path)),
        ("diffusers", Path($"checkpoint-{0}"), static path => AccelerateRun.Diffusers(path)),
    ];

    private static IEnumerable<string> Names => Families.Select(static f => f.Name);

    [TestCaseSource(nameof(Names))]
    public async Task Three_in_a_row_are_one_run_in_the_order_of_their_steps(string name)
    {
        var (_, path, files) = Families.Single(f => f.Name == name);
        var scene = new CatalogScene();
        foreach (var step in (int[])[10, 9, 100])
            scene.Put(files("run/" + path(step)), step);

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Single().Units.Select(static u => (u.Step, u.State, u.StateReason)), Is.EqualTo(new (long?, CheckpointState, string?)[]
            {
                (9, CheckpointState.Complete, null), (10, CheckpointState.Complete, null), (100, CheckpointState.Complete, null),
            }));
            Assert.That(name, Does.StartWith(catalog.Runs.Single().Layout).Or.EqualTo("diffusers"));
            Assert.That(catalog.OtherObjects, Is.Empty);
            Assert.That(catalog.ReadFailures, Is.Empty);
        });
    }

    /// <summary>What is deleted first makes it incomplete at once, so that no interruption leaves something that passes for whole.</summary>
    [TestCaseSource(nameof(Names))]
    public async Task Without_its_markers_it_does_not_pass_for_whole(string name)
    {
        var (_, path, files) = Families.Single(f => f.Name == name);
        var scene = new CatalogScene().Put(files("run/" + path(8)), 8).Put(files("run/" + path(9)), 9);
        var unit = (await scene.ReadAsync()).Units.Single(static u => u.Step == 8);
        Assert.That(unit.MarkerKeys, Is.Not.Empty);
        foreach (var key in unit.MarkerKeys)
            scene.Remove(key);

        var left = (await scene.ReadAsync()).Units.SingleOrDefault(static u => u.Step == 8);

        Assert.That(left?.State, Is.Not.EqualTo(CheckpointState.Complete));
    }

    /// <summary>The files of which nothing tells that they were ever there; all others are missed.</summary>
    [TestCaseSource(nameof(Names))]
    public async Task A_missing_file_is_noticed(string name)
    {
        var (_, path, files) = Families.Single(f => f.Name == name);
        var optional = name switch
        {
            "orbax" => ["default/_METADATA", "default/_sharding", "default/ocdbt.process_0/d/0a1b", "default/ocdbt.process_0/manifest.ocdbt"],
            "deepspeed" => ["zero_pp_rank_1_mp_rank_00_optim_states.pt"],
            "deepspeed experts" => ["layer_0_expert_1_mp_rank_00_model_states.pt", "expp_rank_1_mp_rank_00_optim_states.pt"],
            "megatron" => ["common.pt"],
            "torchtune" => ["config.json", "recipe_state.pt"],
            "torchtune adapter" => ["adapter_config.json", "adapter_model.pt", "adapter_model.safetensors", "recipe_state.pt"],
            "torchtune single file" => ["recipe_state.pt"],
            "accelerate" => ["optimizer.bin", "random_states_1.pkl", "scheduler.bin"],
            "accelerate sharded" => ["random_states_1.pkl", "scheduler.bin"],
            "accelerate deepspeed" => ["latest", "pytorch_model/zero_pp_rank_1_mp_rank_00_optim_states.pt", "random_states_1.pkl", "scheduler.bin"],
            "diffusers" => ["optimizer.bin", "scheduler.bin", "unet/config.json"],
            _ => Array.Empty<string>(),
        };
        var prefix = $"run/{path(8)}/";
        var all = files(prefix[..^1]).ToArray();
        var unnoticed = new List<string>();
        foreach (var (key, _) in all)
        {
            var scene = new CatalogScene().Put(all, 8).Put(files("run/" + path(9)), 9).Remove(key);
            if ((await scene.ReadAsync()).Units.SingleOrDefault(static u => u.Step == 8)?.State == CheckpointState.Complete)
                unnoticed.Add(key[prefix.Length..]);
        }

        Assert.That(unnoticed, Is.EquivalentTo(optional));
    }

    [TestCaseSource(nameof(Names))]
    public async Task Each_file_is_read_at_most_once(string name)
    {
        var (_, path, files) = Families.Single(f => f.Name == name);
        await using var store = new HookedStore(new CatalogScene().Put(files("run/" + path(8)), 8).Store);

        await CheckpointCatalog.ReadAsync(store);

        Assert.That(store.Reads, Is.Unique.And.Not.Empty);
    }

    private static Func<int, string> Path(FormattableString format) => step => string.Format(CultureInfo.InvariantCulture, format.Format, step);
}
