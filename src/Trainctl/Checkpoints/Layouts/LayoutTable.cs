namespace Trainctl.Checkpoints.Layouts;

/// <summary>All layouts. The first that claims a file has it, so special ones stand before general ones.</summary>
internal static class LayoutTable
{
    public static IReadOnlyList<CheckpointLayout> All { get; } =
    [
        new AccelerateLayout(),
        new HuggingFaceTrainerLayout(),
        new RayTrainLayout(),
        new NemoLayout(),
        new MegatronLayout(),
        new OrbaxLayout(),
        new ComposerShardedLayout(),
        new DeepSpeedLayout(),
        new DistributedCheckpointLayout(),
        new TorchtuneLayout(),
        new LightningLayout(),
        new TensorFlowLayout(),
        new ComposerLayout(),
        new FairseqLayout(),
        new KerasLayout(),
        new SafetensorsLayout(),
        new ShardedFilesLayout(),
        new TorchSharpLayout(),
        new MlNetLayout(),
        new TorchFileLayout(),
    ];
}
