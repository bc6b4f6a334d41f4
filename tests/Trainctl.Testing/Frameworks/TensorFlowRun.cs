using System.Globalization;

namespace Trainctl.Testing.Frameworks;

/// <summary>Checkpoints as TensorFlow's CheckpointManager and Saver write them.</summary>
public static class TensorFlowRun
{
    /// <summary>One checkpoint; two data files, as several workers write them.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string folder, int step, string prefix = "ckpt", bool hasMeta = false)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{folder}/{prefix}-{step}");
        yield return ($"{name}.data-00000-of-00002", new byte[300]);
        yield return ($"{name}.data-00001-of-00002", new byte[50]);
        if (hasMeta)
            yield return ($"{name}.meta", new byte[20]);
        yield return ($"{name}.index", ModelFormats.TensorBundleIndex(300, 50));
    }

    /// <summary>The manager's state: the last path is the newest.</summary>
    public static (string Key, byte[] Content) State(string folder, params string[] paths) => ($"{folder}/checkpoint", System.Text.Encoding.UTF8.GetBytes(
        $"model_checkpoint_path: \"{paths[^1]}\"\n" + string.Concat(paths.Select(static p => $"all_model_checkpoint_paths: \"{p}\"\n"))
        + "all_model_checkpoint_timestamps: 1704067200.5\nlast_preserved_timestamp: 1704067100.5\n"));

    /// <summary>A run with its state.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] steps) =>
        [.. steps.SelectMany(step => Checkpoint(folder, step)), State(folder, $"ckpt-{steps[^1]}")];
}
