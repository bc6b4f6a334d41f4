using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>Writes what Hugging Face's Trainer writes on one device.</summary>
public static class TrainerRun
{
    /// <summary>A whole checkpoint, with <c>trainer_state.json</c> last.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string folder, int step, double? loss = null, int? best = null)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{folder}/checkpoint-{step}");
        yield return ($"{path}/config.json", "{}"u8.ToArray());
        yield return ($"{path}/model.safetensors", ModelFile.Safetensors());
        yield return ($"{path}/training_args.bin", ModelFile.Zip());
        yield return ($"{path}/optimizer.pt", ModelFile.Zip());
        yield return ($"{path}/scheduler.pt", ModelFile.Zip());
        yield return ($"{path}/rng_state.pth", ModelFile.Zip());
        yield return ($"{path}/trainer_state.json", State(step, loss, best));
    }

    /// <summary>The saved state.</summary>
    /// <param name="step">Where training was.</param>
    /// <param name="loss">What was measured there, as <c>eval_loss</c>; null when nothing was.</param>
    /// <param name="best">The step that was the best so far; null when the run does not look for one.</param>
    public static byte[] State(int step, double? loss = null, int? best = null)
    {
        var history = loss is null ? "" : string.Create(CultureInfo.InvariantCulture, $$"""{"step":{{step}},"eval_loss":{{loss}}}""");
        var bestStep = best?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$"""{"global_step":{{step}},"best_global_step":{{bestStep}},"log_history":[{{history}}]}"""));
    }
}
