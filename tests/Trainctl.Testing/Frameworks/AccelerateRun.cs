using System.Globalization;

namespace Trainctl.Testing.Frameworks;

/// <summary>Writes what accelerate's <c>save_state</c> writes.</summary>
public static class AccelerateRun
{
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string path, int ranks = 2) =>
        [($"{path}/model.safetensors", ModelFile.Safetensors()), ($"{path}/optimizer.bin", ModelFile.Zip()), .. States(path, ranks)];

    /// <summary>With FSDP's sharded states, which lie in folders inside.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Sharded(string path, int ranks = 2) =>
        [.. DistributedRun.Checkpoint($"{path}/pytorch_model_fsdp_0", ranks), .. DistributedRun.Checkpoint($"{path}/optimizer_0", ranks), .. States(path, ranks)];

    /// <summary>With DeepSpeed, whose tag and pointer lie inside.</summary>
    public static IEnumerable<(string Key, byte[] Content)> DeepSpeed(string path, int ranks = 2) =>
        [.. DeepSpeedRun.Checkpoint($"{path}/pytorch_model", ranks), DeepSpeedRun.Latest($"{path}/latest", "pytorch_model"), .. States(path, ranks)];

    /// <summary>As the scripts of diffusers save, each part of the model in a folder of its own.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Diffusers(string path, int ranks = 1) =>
        [($"{path}/unet/config.json", "{}"u8.ToArray()), ($"{path}/unet/diffusion_pytorch_model.safetensors", ModelFile.Safetensors()), ($"{path}/optimizer.bin", ModelFile.Zip()), .. States(path, ranks)];

    private static IEnumerable<(string Key, byte[] Content)> States(string path, int ranks) =>
    [
        ($"{path}/scheduler.bin", ModelFile.Zip()),
        .. Enumerable.Range(0, ranks).Select(rank => (string.Create(CultureInfo.InvariantCulture, $"{path}/random_states_{rank}.pkl"), ModelFile.Zip())),
    ];
}
