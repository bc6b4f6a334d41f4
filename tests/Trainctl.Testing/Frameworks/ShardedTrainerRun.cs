using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>
/// Checkpoints of Hugging Face's Trainer whose model is in shards (huggingface/transformers: src/transformers/trainer.py, _save_checkpoint;
/// src/transformers/modeling_utils.py, save_pretrained).
/// </summary>
public static class ShardedTrainerRun
{
    private const int FilesBesideShards = 5;

    /// <summary>So many files, each whole.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Checkpoint(int step, int files)
    {
        var count = files - FilesBesideShards;
        var shards = Enumerable.Range(1, count)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"model-{i:00000}-of-{count:00000}.safetensors")).ToArray();
        yield return ("config.json", "{}"u8.ToArray());
        foreach (var shard in shards)
            yield return (shard, ModelFile.Safetensors());
        var map = string.Join(',', shards.Select(static (shard, i) => string.Create(CultureInfo.InvariantCulture, $"\"w{i}\":\"{shard}\"")));
        yield return ("model.safetensors.index.json", Encoding.UTF8.GetBytes("{\"weight_map\":{" + map + "}}"));
        yield return ("optimizer.pt", ModelFile.Zip());
        yield return ("rng_state.pth", ModelFile.Zip());
        yield return ("trainer_state.json", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"global_step":{{step}}}""")));
    }
}
