using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Trainctl.Quantities;

/// <summary>Reads sizes as people write them: <c>500GB</c>, <c>1.5 TiB</c>, <c>16M</c>, <c>4096</c>.</summary>
public static class ByteSize
{
    private const string ValidForms = "Write a number of bytes, or one with a unit: 500MB and 500GB count in thousands, 500MiB, 500GiB and 500G in 1,024s.";

    private static readonly string Prefixes = "KMGTPE";

    /// <summary>Reads a size in bytes.</summary>
    /// <param name="text">A number, then nothing, <c>B</c>, or a unit: <c>kB MB GB TB PB EB</c> are powers of 1,000, <c>KiB …</c> and <c>K M G T P E</c> of 1,024.
    /// Case does not matter.</param>
    /// <param name="bytes">At least 0; a fraction of a byte is cut off.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    public static bool TryParse(string? text, out long bytes, [NotNullWhen(false)] out string? problem)
    {
        bytes = 0;
        problem = null;
        var trimmed = (text ?? "").Trim();
        var digits = trimmed.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!decimal.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || Factor(trimmed[digits..].Trim()) is not { } factor)
        {
            problem = $"'{text}' is no size. {ValidForms}";
            return false;
        }

        if (number > long.MaxValue / factor)
        {
            problem = $"'{text}' is more than any store holds. {ValidForms}";
            return false;
        }

        bytes = (long)(number * factor);
        return true;
    }

    private static decimal? Factor(string unit)
    {
        if (unit.Length == 0 || unit.Equals("B", StringComparison.OrdinalIgnoreCase))
            return 1;
        var power = Prefixes.IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal) + 1;
        if (power == 0)
            return null;
        return unit[1..].ToUpperInvariant() switch
        {
            "" or "IB" => Power(1024, power),
            "B" => Power(1000, power),
            _ => null,
        };
    }

    private static decimal Power(decimal of, int power)
    {
        var result = 1m;
        for (var i = 0; i < power; i++)
            result *= of;
        return result;
    }
}
