namespace Trainctl.Testing.Frameworks;

/// <summary>Checkpoints as fairseq writes them.</summary>
public static class FairseqRun
{
    public static (string Key, byte[] Content) Checkpoint(string folder, int epoch, int updates) => ($"{folder}/checkpoint_{epoch}_{updates}.pt", ModelFile.Zip());

    /// <summary>A checkpoint of a sharded state, one file for each rank.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Sharded(string folder, int epoch, int updates, int shards = 2) =>
        Enumerable.Range(0, shards).Select(shard => ($"{folder}/checkpoint_{epoch}_{updates}-shard{shard}.pt", ModelFile.Zip()));

    /// <summary>A run that saves every so many updates, ten to the epoch, and at the end of each epoch; with its copies of the best and the last.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] updates)
    {
        foreach (var update in updates)
            yield return Checkpoint(folder, (update / 10) + 1, update);
        yield return ($"{folder}/checkpoint_best.pt", ModelFile.Zip());
        yield return ($"{folder}/checkpoint_last.pt", ModelFile.Zip());
    }
}
