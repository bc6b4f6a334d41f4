using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Trainctl.Trainer;

/// <summary>Checkpoints as Hugging Face's Trainer saves them: whole under a temporary name first. Their content follows from the step.</summary>
public static class SavedCheckpoint
{
    private const int WeightBytes = 20_000;

    /// <summary>Name of the folder in its run.</summary>
    public static string Name(int step) => string.Create(CultureInfo.InvariantCulture, $"checkpoint-{step}");

    /// <summary>Content of each file, by name; the last one makes it whole.</summary>
    public static IReadOnlyDictionary<string, byte[]> Files(int step) => new Dictionary<string, byte[]>(StringComparer.Ordinal)
    {
        ["config.json"] = "{}"u8.ToArray(),
        ["model.safetensors"] = Weights(step),
        ["trainer_state.json"] = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"global_step":{{step}},"log_history":[]}""")),
    };

    /// <summary>The run's own state beside its checkpoints, which names the best: always the newest here.</summary>
    public static byte[] RunState(int step) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"global_step":{{step}},"best_global_step":{{step}},"log_history":[]}"""));

    internal static void Write(string run, int step)
    {
        var temporary = Path.Join(run, "tmp-" + Name(step));
        Directory.CreateDirectory(temporary);
        foreach (var (name, content) in Files(step))
            File.WriteAllBytes(Path.Join(temporary, name), content);
        Directory.Move(temporary, Path.Join(run, Name(step)));
        var state = Path.Join(run, "trainer_state.json");
        File.WriteAllBytes(state + ".tmp", RunState(step));
        File.Move(state + ".tmp", state, overwrite: true);
    }

    /// <summary>All but the last file, and the weights cut short: what a killed process leaves that writes under the final name.</summary>
    internal static void WriteHalf(string run, int step)
    {
        var folder = Directory.CreateDirectory(Path.Join(run, Name(step))).FullName;
        File.WriteAllBytes(Path.Join(folder, "config.json"), Files(step)["config.json"]);
        File.WriteAllBytes(Path.Join(folder, "model.safetensors"), Files(step)["model.safetensors"][..^1000]);
    }

    private static byte[] Weights(int step)
    {
        var header = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"w":{"dtype":"U8","shape":[{{{WeightBytes}}}],"data_offsets":[0,{{{WeightBytes}}}]}}"""));
        var content = new byte[8 + header.Length + WeightBytes];
        BinaryPrimitives.WriteInt64LittleEndian(content, header.Length);
        header.CopyTo(content, 8);
#pragma warning disable CA5394 // Do not use insecure randomness: the same step must give the same weights
        new Random(step).NextBytes(content.AsSpan(8 + header.Length));
#pragma warning restore CA5394
        return content;
    }
}
