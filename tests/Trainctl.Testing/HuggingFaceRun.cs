using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Trainctl.Testing;

/// <summary>Writes checkpoints as Hugging Face's Trainer does: real safetensors, and the state last.</summary>
public static class HuggingFaceRun
{
    public static void Write(TemporaryFolder folder, string run, int step, int? best = null)
    {
        var checkpoint = $"{run}/checkpoint-{step}";
        folder.Write($"{checkpoint}/config.json", "{}");
        File.WriteAllBytes(folder.Combine($"{checkpoint}/model.safetensors"), Safetensors(16));
        var state = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"global_step":{{step}},"best_global_step":{{best?.ToString(CultureInfo.InvariantCulture) ?? "null"}},"log_history":[]}""");
        folder.Write($"{checkpoint}/trainer_state.json", state);
        var time = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(step);
        foreach (var file in Directory.EnumerateFiles(folder.Combine(checkpoint)))
            File.SetLastWriteTimeUtc(file, time);
    }

    /// <summary>Cuts the end off a checkpoint's model, as a full disk or a killed job does.</summary>
    public static void Truncate(TemporaryFolder folder, string run, int step)
    {
        using var file = File.OpenWrite(folder.Combine($"{run}/checkpoint-{step}/model.safetensors"));
        file.SetLength(file.Length - 5);
    }

    private static byte[] Safetensors(int bytes)
    {
        var header = Encoding.UTF8.GetBytes($$$"""{"w":{"dtype":"U8","shape":[{{{bytes}}}],"data_offsets":[0,{{{bytes}}}]}}""");
        var content = new byte[8 + header.Length + bytes];
        BinaryPrimitives.WriteInt64LittleEndian(content, header.Length);
        header.CopyTo(content, 8);
        return content;
    }
}
