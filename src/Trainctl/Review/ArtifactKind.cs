using System.Text.Json.Serialization;

namespace Trainctl.Review;

/// <summary>What an object is to a training job.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ArtifactKind>))]
public enum ArtifactKind
{
    /// <summary>Part of a checkpoint, or a pointer to one.</summary>
    Checkpoint,

    /// <summary>Weights, tokenizer or configuration that stand outside of checkpoints.</summary>
    Model,

    /// <summary>Training data.</summary>
    Dataset,

    /// <summary>Logs and metrics.</summary>
    Log,

    /// <summary>Anything else.</summary>
    Other,

    /// <summary>Thrown away by a prune and not gone yet (<see cref="Retention.PruneCheckpointsSettings.Trash"/>). It takes room like everything else.</summary>
    Trash,
}

/// <summary>Tells what an object outside of checkpoints is, by its ending and by the folders it is in. Pure.</summary>
internal static class ArtifactKinds
{
    private static readonly string[] DatasetFolders = ["datasets", "dataset", "data"];
    private static readonly string[] LogFolders = ["logs", "log", "runs", "wandb", "mlruns", "tensorboard", "lightning_logs"];

    private static readonly string[] ModelEndings =
    [
        ".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".onnx", ".gguf", ".keras", ".h5", ".nemo", ".tflite", ".pb", ".mlmodel", ".msgpack",
    ];

    private static readonly string[] DatasetEndings =
    [
        ".csv", ".csv.gz", ".tsv", ".parquet", ".arrow", ".jsonl", ".jsonl.gz", ".tfrecord", ".tar", ".tar.gz", ".npy", ".npz", ".feather", ".orc",
    ];

    private static readonly string[] LogEndings = [".log", ".out", ".err", ".tfevents"];

    public static ArtifactKind Of(string key)
    {
        var segments = key.Split('/');
        var name = segments[^1];
        if (name.Contains("tfevents", StringComparison.Ordinal) || EndsWithAny(name, LogEndings))
            return ArtifactKind.Log;
        if (segments[..^1].Any(static s => DatasetFolders.Contains(s, StringComparer.OrdinalIgnoreCase)))
            return ArtifactKind.Dataset;
        if (segments[..^1].Any(static s => LogFolders.Contains(s, StringComparer.OrdinalIgnoreCase)))
            return ArtifactKind.Log;
        if (EndsWithAny(name, ModelEndings))
            return ArtifactKind.Model;
        return EndsWithAny(name, DatasetEndings) ? ArtifactKind.Dataset : ArtifactKind.Other;
    }

    private static bool EndsWithAny(string name, string[] endings) => endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
