using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>Checkpoints as Composer's CheckpointSaver writes them, one file for each rank.</summary>
public static class ComposerRun
{
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string folder, int epoch, int batch, int ranks = 2) =>
        Enumerable.Range(0, ranks).Select(rank => ($"{folder}/ep{epoch}-ba{batch}-rank{rank}.pt", ModelFile.Zip()));

    /// <summary>The text that stands for a link in a bucket.</summary>
    public static (string Key, byte[] Content) Symlink(string folder, int epoch, int batch) =>
        ($"{folder}/latest-rank0.pt.symlink", Encoding.UTF8.GetBytes($"my-run/checkpoints/ep{epoch}-ba{batch}-rank0.pt"));

    /// <summary>A run, ten batches to the epoch, with its last link.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] batches) =>
        [.. batches.SelectMany(batch => Checkpoint(folder, batch / 10, batch)), Symlink(folder, batches[^1] / 10, batches[^1])];
}
