namespace Trainctl.Testing.Frameworks;

/// <summary>A framework whose checkpoints are files.</summary>
/// <param name="Layout">The layout's name.</param>
/// <param name="Files">What is in a folder after checkpoints at such steps (or epochs), the last one newest: pointers lead to the last.</param>
public sealed record FileFamily(string Layout, Func<string, int[], IEnumerable<(string Key, byte[] Content)>> Files)
{
    /// <summary>Short name for test reports. Default: the layout's.</summary>
    public string Name { get; init; } = Layout;

    public override string ToString() => Name;
}

/// <summary>All frameworks whose checkpoints are files; steps must be multiples of 10 and have two digits.</summary>
public static class FileFamilies
{
    public static IReadOnlyList<FileFamily> All { get; } =
    [
        new("tensorflow", TensorFlowRun.Files),
        new("composer", ComposerRun.Files),
        new("fairseq", FairseqRun.Files),
        new("nemo", NemoRun.Files),
        new("lightning", LightningRun.Files),
        new("keras", KerasRun.Files),
        new("keras", KerasRun.Weights) { Name = "keras weights" },
        new("sharded-files", ShardedFilesRun.Files),
        new("torch-file", ScriptRun.Torch),
        new("torchsharp", ScriptRun.TorchSharp),
        new("mlnet", ScriptRun.MlNet),
    ];
}
