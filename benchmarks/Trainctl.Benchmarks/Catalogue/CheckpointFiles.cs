using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Trainctl.Benchmarks.Catalogue;

/// <summary>
/// The files of one checkpoint as Hugging Face's Trainer writes them for a sharded model, each whole by its format and as small as that allows
/// (huggingface/transformers: src/transformers/trainer.py, _save_checkpoint; huggingface/safetensors: README.md).
/// </summary>
internal static class CheckpointFiles
{
    /// <summary>A checkpoint has so many at least: two of them are shards.</summary>
    public const int MinCount = 14;

    private static readonly string[] Texts =
        ["config.json", "generation_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.json"];

    private static readonly string[] Archives = ["optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"];

    public static IEnumerable<(string Name, byte[] Content)> Of(int step, int count)
    {
        foreach (var name in Texts)
            yield return (name, "{}"u8.ToArray());
        foreach (var name in Archives)
            yield return (name, EmptyZip());
        var shards = Enumerable.Range(1, count - Texts.Length - Archives.Length - 2)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"model-{i:00000}-of-{count - Texts.Length - Archives.Length - 2:00000}.safetensors")).ToArray();
        foreach (var name in shards)
            yield return (name, Safetensors());
        var map = string.Join(',', shards.Select(static (name, i) => string.Create(CultureInfo.InvariantCulture, $"\"layers.{i}.weight\":\"{name}\"")));
        yield return ("model.safetensors.index.json", Encoding.UTF8.GetBytes($$$"""{"metadata":{},"weight_map":{{{{map}}}}}"""));
        var state = string.Create(
            CultureInfo.InvariantCulture, $$"""{"global_step":{{step}},"best_global_step":100,"log_history":[{"step":{{step}},"loss":0.5}]}""");
        yield return ("trainer_state.json", Encoding.UTF8.GetBytes(state));
    }

    /// <summary>An end-of-central-directory record and nothing else.</summary>
    private static byte[] EmptyZip() => [.. "PK\u0005\u0006"u8, .. new byte[18]];

    private static byte[] Safetensors()
    {
        var header = """{"w":{"dtype":"U8","shape":[16],"data_offsets":[0,16]}}"""u8;
        var content = new byte[8 + header.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(content, header.Length);
        header.CopyTo(content.AsSpan(8));
        return content;
    }
}
