using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Trainctl.Quantities;

/// <summary>Reads durations as people write them: <c>7d</c>, <c>36h</c>, <c>1d 12h</c>, <c>90min</c>, <c>2w</c>, <c>500ms</c>.</summary>
public static class Duration
{
    private const string ValidForms = "Write numbers with units: 2w, 7d, 36h, 90min (or 90m), 30s, 500ms; or several: 1d12h.";

    /// <summary>Reads a duration.</summary>
    /// <param name="text">Numbers with the units <c>w d h m min s ms</c>, the largest first or not; or .NET's form <c>1.12:00:00</c>. <c>0</c> needs no unit.</param>
    /// <param name="duration">At least 0.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    public static bool TryParse(string? text, out TimeSpan duration, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        var rest = (text ?? "").Trim();
        if (rest == "0")
        {
            duration = TimeSpan.Zero;
            return true;
        }

        if (rest.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(rest, CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero)
            return true;
        if (TrySum(rest, out duration))
            return true;
        problem = $"'{text}' is no duration. {ValidForms}";
        return false;
    }

    private static bool TrySum(string rest, out TimeSpan sum)
    {
        sum = TimeSpan.Zero;
        if (rest.Length == 0)
            return false;
        var ticks = 0m;
        while (rest.Length > 0)
        {
            var digits = rest.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.').Count();
            var letters = rest[digits..].TakeWhile(static c => c == ' ').Count();
            var unitLength = rest[(digits + letters)..].TakeWhile(char.IsAsciiLetter).Count();
            var unit = rest.Substring(digits + letters, unitLength);
            if (!decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || TicksOf(unit) is not { } each)
                return false;
            // A product of two such numbers may be more than a decimal holds.
            if (number > TimeSpan.MaxValue.Ticks / each || (ticks += number * each) > TimeSpan.MaxValue.Ticks)
                return false;
            rest = rest[(digits + letters + unitLength)..].TrimStart();
        }

        sum = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    private static long? TicksOf(string unit) => unit.ToUpperInvariant() switch
    {
        "W" => 7 * TimeSpan.TicksPerDay,
        "D" => TimeSpan.TicksPerDay,
        "H" => TimeSpan.TicksPerHour,
        "M" or "MIN" => TimeSpan.TicksPerMinute,
        "S" => TimeSpan.TicksPerSecond,
        "MS" => TimeSpan.TicksPerMillisecond,
        _ => null,
    };
}
