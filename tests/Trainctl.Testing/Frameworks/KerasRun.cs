namespace Trainctl.Testing.Frameworks;

/// <summary>Checkpoints as Keras' ModelCheckpoint and BackupAndRestore write them.</summary>
public static class KerasRun
{
    /// <summary>A run of models, with the weights that a restarted job goes on from.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] epochs) =>
    [
        .. epochs.Select(epoch => ($"{folder}/model-epoch-{epoch:00}.keras", ModelFile.Zip())),
        ($"{folder}/latest.weights.h5", ModelFormats.Hdf5()),
    ];

    /// <summary>A run of weights.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Weights(string folder, params int[] epochs) =>
        epochs.Select(epoch => ($"{folder}/ckpt.epoch{epoch:00}-loss0.3{epoch}.weights.h5", ModelFormats.Hdf5()));
}
