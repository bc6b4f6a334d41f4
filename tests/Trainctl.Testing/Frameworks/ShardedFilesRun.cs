using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>Checkpoints in parts with an index, as <c>save_pretrained</c> and scripts around it write them.</summary>
public static class ShardedFilesRun
{
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string folder, int step, string extension = "bin", Func<byte[]>? content = null)
    {
        var stem = $"model_step_{step}";
        for (var i = 1; i <= 2; i++)
            yield return ($"{folder}/{stem}-0000{i}-of-00002.{extension}", (content ?? (() => ModelFile.Zip()))());
        yield return ($"{folder}/{stem}.{extension}.index.json", Encoding.UTF8.GetBytes(
            $$$"""{"weight_map":{"a":"{{{stem}}}-00001-of-00002.{{{extension}}}","b":"{{{stem}}}-00002-of-00002.{{{extension}}}"}}"""));
    }

    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] steps) => steps.SelectMany(step => Checkpoint(folder, step));
}
