namespace Trainctl.Testing.Frameworks;

/// <summary>Checkpoints as NeMo's ModelCheckpoint writes them.</summary>
public static class NemoRun
{
    public static string Stem(int step, double loss = 0.5) => FormattableString.Invariant($"gpt--val_loss={loss:0.0000}-step={step}-epoch=1");

    public static (string Key, byte[] Content) FileCheckpoint(string folder, int step, double loss = 0.5) => ($"{folder}/{Stem(step, loss)}.ckpt", ModelFile.Zip());

    /// <summary>A distributed checkpoint of Megatron as a folder.</summary>
    public static IEnumerable<(string Key, byte[] Content)> FolderCheckpoint(string folder, int step, double loss = 0.5)
    {
        var path = $"{folder}/{Stem(step, loss)}";
        yield return ($"{path}/context/model.yaml", "a: 1"u8.ToArray());
        foreach (var file in MegatronRun.Checkpoint($"{path}/weights"))
            yield return file;
    }

    /// <summary>A run of files with its last one and its model.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] steps) =>
        [.. steps.Select(step => FileCheckpoint(folder, step)), ($"{folder}/{Stem(steps[^1])}-last.ckpt", ModelFile.Zip()), ($"{folder}/gpt.nemo", ModelFormats.Tar())];
}
