using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>One form in which a framework writes checkpoints as folders, for tests that hold for all of them on any store.</summary>
/// <param name="Name">Short name for test reports.</param>
/// <param name="Layout">Name of the layout that must recognise it.</param>
/// <param name="FolderName">Name of the folder for a step.</param>
/// <param name="Checkpoint">Keys and contents of one whole checkpoint below a path, in the order of writing.</param>
public sealed record FolderFamily(
    string Name, string Layout, Func<int, string> FolderName, Func<string, IEnumerable<(string Key, byte[] Content)>> Checkpoint)
{
    /// <summary>The pointer in a folder that names the checkpoint of a step; null when the framework has none.</summary>
    public Func<string, int, (string Key, byte[] Content)>? LatestFile { get; init; }

    /// <summary>
    /// All but Ray Train, whose checkpoints count only together with a list of them (<see cref="RayTrainRun"/>).
    /// </summary>
    public static IReadOnlyList<FolderFamily> All { get; } =
    [
        new("distributed", "torch-distributed", Named("step-{0}"), static path => DistributedRun.Checkpoint(path)),
        new("distributed in Lightning", "torch-distributed", Named("epoch=1-step={0}.ckpt"), static path => DistributedRun.Lightning(path)),
        new("Composer", "composer-sharded", Named("ep1-ba{0}"), static path => DistributedRun.Checkpoint(path))
        {
            LatestFile = static (folder, step) => Text($"{folder}/latest-rank0.pt.symlink", $"bucket-prefix/ep1-ba{step}"),
        },
        new("DeepSpeed", "deepspeed", Named("global_step{0}"), static path => DeepSpeedRun.Checkpoint(path)) { LatestFile = Latest },
        new("DeepSpeed stage 3", "deepspeed", Named("global_step{0}"), static path => DeepSpeedRun.Stage3(path)) { LatestFile = Latest },
        new("DeepSpeed pipeline", "deepspeed", Named("global_step{0}"), static path => DeepSpeedRun.Pipeline(path, 2, 0, 3)) { LatestFile = Latest },
        new("DeepSpeed experts", "deepspeed", Named("global_step{0}"), static path => DeepSpeedRun.Experts(path)) { LatestFile = Latest },
        new("DeepSpeed in Lightning", "deepspeed", Named("epoch=1-step={0}.ckpt"), static path => DeepSpeedRun.Lightning(path)),
        new("Megatron", "megatron", Named("iter_{0:D7}"), static path => MegatronRun.Checkpoint(path)) { LatestFile = LatestIteration },
        new("Megatron ranks", "megatron", Named("iter_{0:D7}"), static path => MegatronRun.Ranks(path, 2, 2, distributedOptimizer: true)) { LatestFile = LatestIteration },
        new("Orbax", "orbax", Named("{0}"), static path => OrbaxRun.Checkpoint(path, loss: 0.5, commit: true)),
        new("torchtune", "torchtune", Named("step_{0}"), static path => TorchtuneRun.Checkpoint(path)),
        new("torchtune adapter", "torchtune", Named("step_{0}"), TorchtuneRun.Adapter),
        new("torchtune single file", "torchtune", Named("step_{0}"), TorchtuneRun.OneFile),
        new("accelerate", "accelerate", Named("checkpoint_{0}"), static path => AccelerateRun.Checkpoint(path)),
        new("accelerate with FSDP", "accelerate", Named("checkpoint_{0}"), static path => AccelerateRun.Sharded(path)),
        new("accelerate with DeepSpeed", "accelerate", Named("checkpoint_{0}"), static path => AccelerateRun.DeepSpeed(path)),
        new("diffusers", "accelerate", Named("checkpoint-{0}"), static path => AccelerateRun.Diffusers(path)),
    ];

    public override string ToString() => Name;

    private static Func<int, string> Named(string format) => step => string.Format(CultureInfo.InvariantCulture, format, step);

    private static (string Key, byte[] Content) Latest(string folder, int step) => Text($"{folder}/latest", $"global_step{step}");

    private static (string Key, byte[] Content) LatestIteration(string folder, int step) => Text($"{folder}/latest_checkpointed_iteration.txt", $"{step}");

    private static (string Key, byte[] Content) Text(string key, FormattableString text) => (key, Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)));
}
