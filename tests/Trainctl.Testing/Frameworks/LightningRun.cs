namespace Trainctl.Testing.Frameworks;

/// <summary>Checkpoints as Lightning's ModelCheckpoint writes them.</summary>
public static class LightningRun
{
    /// <summary>A run, ten steps to the epoch, with its last one as a copy.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] steps) =>
        [.. steps.Select(step => ($"{folder}/epoch={step / 10}-step={step}.ckpt", ModelFile.Zip())), ($"{folder}/last.ckpt", ModelFile.Zip())];
}
