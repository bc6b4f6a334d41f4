using System.Globalization;
using Trainctl.Diagnostics;

namespace Trainctl.Storage;

/// <summary>What must be true of the parts of a multipart write before it is completed. Pure.</summary>
internal static class PartRules
{
    /// <summary>Why the parts do not make up the object, as half a sentence; null when they do.</summary>
    public static string? ProblemOf(IReadOnlyDictionary<int, (long Offset, long Length)> parts, long size)
    {
        var end = 0L;
        for (var number = 1; number <= parts.Count; number++)
        {
            if (!parts.TryGetValue(number, out var part))
                return string.Create(CultureInfo.InvariantCulture, $"part {number} was never written");
            if (part.Offset != end)
                return string.Create(CultureInfo.InvariantCulture, $"part {number} begins at byte {part.Offset} and not at byte {end}");
            end += part.Length;
        }

        return end == size ? null : string.Create(CultureInfo.InvariantCulture, $"it has received {end} of its {size} bytes");
    }

    /// <summary>The content is not what was announced when the write began.</summary>
    public static TrainctlException Changed(ObjectUrl root, string key) => new(
        TrainctlError.ChangedDuringTransfer,
        $"'{root.Append(key)}' was not made visible: its content is not what was announced when the write began, so the source changed meanwhile. "
        + "Run again when nothing writes to it.",
        key);
}
