using System.Text.RegularExpressions;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Model files as huggingface_hub writes them: one file, or shards with an index
/// (huggingface/huggingface_hub: src/huggingface_hub/serialization/_torch.py, save_torch_state_dict).
/// </summary>
internal static partial class ShardedWeights
{
    private static readonly string[] Extensions = ["safetensors", "bin", "pt", "pth", "h5", "msgpack"];

    /// <summary>What is missing among the shards of any folder, or what their index says that is not so; null when all is there.</summary>
    public static async Task<string?> ProblemAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        foreach (var folder in FolderClaim.ByFolder(unit))
        {
            if (NamesProblem([.. folder.Select(UnitInspector.NameOf)]) is { } problem)
                return problem;
        }

        foreach (var index in Indexes(unit.Objects))
        {
            if (await SafetensorsLayout.IndexProblemAsync(unit, index, inspector, cancellationToken).ConfigureAwait(false) is { } problem)
                return problem;
        }

        return null;
    }

    public static IEnumerable<StoredObject> Indexes(IEnumerable<StoredObject> files) =>
        files.Where(static o => o.Key.EndsWith(ShardIndex.Suffix, StringComparison.Ordinal)).OrderBy(static o => o.Key, StringComparer.Ordinal);

    /// <summary>
    /// Datasets have shards too. And where ranks write shards of shards (pytorch/pytorch: torch/distributed/checkpoint/_hf_utils.py, SHARDED_FILE_NAME), there is no
    /// index, and none needs to have all.
    /// </summary>
    private static bool IsIndexed(ShardName shard) => Extensions.Contains(shard.Extension, StringComparer.Ordinal) && !OfRank().IsMatch(shard.Stem);

    private static string? NamesProblem(HashSet<string> names)
    {
        foreach (var set in names.Select(ShardName.Parse).OfType<ShardName>().Where(IsIndexed).GroupBy(static s => (s.Stem, s.Extension)))
        {
            if (ShardName.Gap([.. set]) is { } gap)
                return $"{gap} ({set.Key.Stem})";
            var index = $"{set.Key.Stem}.{set.Key.Extension}{ShardIndex.Suffix}";
            if (set.Any(static s => s.Count > 1) && !names.Contains(index))
                return $"{index} is missing";
        }

        return null;
    }

    [GeneratedRegex(@"^shard-\d{5,7}-model$", RegexOptions.CultureInvariant)]
    private static partial Regex OfRank();
}
