using System.Text.Json;
using Trainctl.Checkpoints.Formats;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// The list of a sharded model's files, <c>*.index.json</c>: the values of <c>weight_map</c>
/// (huggingface/transformers: src/transformers/modeling_utils.py, save_pretrained).
/// </summary>
internal static class ShardIndex
{
    public const string Suffix = ".index.json";

    /// <summary>Names of all shards, or null when the content is no index.</summary>
    public static IReadOnlySet<string>? Read(byte[] content)
    {
        try
        {
            using var json = PythonJson.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in map.EnumerateObject())
            {
                foreach (var name in entry.Value.ValueKind == JsonValueKind.Array ? entry.Value.EnumerateArray().ToArray() : [entry.Value])
                {
                    if (name.ValueKind != JsonValueKind.String)
                        return null;
                    names.Add(name.GetString()!);
                }
            }

            return names;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
