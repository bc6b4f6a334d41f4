namespace Trainctl.Testing.Frameworks;

/// <summary>Files as people's own training scripts name them.</summary>
public static class ScriptRun
{
    /// <summary>Of <c>torch.save</c>.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Torch(string folder, params int[] steps) =>
        steps.Select(step => ($"{folder}/model_step_{step}.pt", ModelFile.Zip()));

    /// <summary>Of TorchSharp's <c>module.save</c>.</summary>
    public static IEnumerable<(string Key, byte[] Content)> TorchSharp(string folder, params int[] steps) =>
        steps.Select(step => ($"{folder}/model_step_{step}.dat", ModelFormats.TorchSharp(8, 3)));

    /// <summary>Of ML.NET.</summary>
    public static IEnumerable<(string Key, byte[] Content)> MlNet(string folder, params int[] steps) =>
        steps.Select(step => ($"{folder}/model_step_{step}.zip", ModelFormats.MlNet()));

    /// <summary>Folders that no layout knows.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Snapshots(string folder, params int[] steps) => steps.SelectMany(step => new[]
    {
        ($"{folder}/snap-{step}/weights.dat", new byte[100]), ($"{folder}/snap-{step}/DONE", Array.Empty<byte>()),
    });
}
