namespace Trainctl.Checkpoints.Layouts;

/// <summary>All layouts. The first that claims a file has it, so special ones stand before general ones.</summary>
internal static class LayoutTable
{
    public static IReadOnlyList<CheckpointLayout> All { get; } =
    [
        new AccelerateLayout(),
        new HuggingFaceTrainerLayout(),
        new RayTrainLayout(),
        new MegatronLayout(),
        new OrbaxLayout(),
        new ComposerShardedLayout(),
        new DeepSpeedLayout(),
        new DistributedCheckpointLayout(),
        new TorchtuneLayout(),
        new LightningLayout(),
        new SafetensorsLayout(),
    ];
}
