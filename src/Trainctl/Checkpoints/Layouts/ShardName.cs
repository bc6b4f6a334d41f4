using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// A shard's name: <c>model-00002-of-00003.safetensors</c> (huggingface/huggingface_hub: src/huggingface_hub/serialization/_base.py).
/// </summary>
internal sealed partial record ShardName(string Stem, int Number, int Count, string Extension)
{
    public static ShardName? Parse(string fileName)
    {
        var match = Pattern().Match(fileName);
        return match.Success && int.TryParse(match.Groups["i"].Value, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(match.Groups["n"].Value, CultureInfo.InvariantCulture, out var count)
            ? new ShardName(match.Groups["stem"].Value, number, count, match.Groups["ext"].Value)
            : null;
    }

    /// <summary>What is missing in a set of shards with one stem and extension; null when nothing is.</summary>
    public static string? Gap(IReadOnlyCollection<ShardName> shards)
    {
        var counts = shards.Select(static s => s.Count).Distinct().ToArray();
        foreach (var count in counts)
        {
            var there = shards.Where(s => s.Count == count).Select(static s => s.Number).ToHashSet();
            for (var i = 1; i <= count; i++)
            {
                if (!there.Contains(i))
                    return $"shard {i} of {count} is missing";
            }
        }

        return null;
    }

    [GeneratedRegex(@"^(?<stem>.+)-(?<i>\d{5,7})-of-(?<n>\d{5,7})\.(?<ext>[A-Za-z0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
