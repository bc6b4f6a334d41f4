using System.Text;

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

    /// <summary>The weights of one epoch in shards, with the index of what is in which.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Sharded(string folder, int epoch, int shards = 3) =>
    [
        .. Enumerable.Range(0, shards).Select(shard => ($"{folder}/cp-epoch-{epoch:00}_{shard:00000}.weights.h5", ModelFormats.Hdf5())),
        ($"{folder}/cp-epoch-{epoch:00}.weights.json", Encoding.UTF8.GetBytes("""{"metadata": {"total_size": 12}, "weight_map": {""" + Map(epoch, shards) + "}}")),
    ];

    private static string Map(int epoch, int shards) =>
        string.Join(", ", Enumerable.Range(0, shards).Select(shard => $"\"/layers/dense_{shard}/vars\": \"cp-epoch-{epoch:00}_{shard:00000}.weights.h5\""));
}
