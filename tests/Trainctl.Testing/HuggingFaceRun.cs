using Trainctl.Testing.Frameworks;

namespace Trainctl.Testing;

/// <summary>Writes small checkpoints of Hugging Face's Trainer into a folder: real safetensors, and the state last.</summary>
public static class HuggingFaceRun
{
    public static void Write(TemporaryFolder folder, string run, int step, int? best = null)
    {
        var checkpoint = $"{run}/checkpoint-{step}";
        folder.Write($"{checkpoint}/config.json", "{}");
        File.WriteAllBytes(folder.Combine($"{checkpoint}/model.safetensors"), ModelFile.Safetensors());
        File.WriteAllBytes(folder.Combine($"{checkpoint}/trainer_state.json"), TrainerRun.State(step, best: best));
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
}
