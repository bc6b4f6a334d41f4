namespace Trainctl.Diagnostics;

/// <summary>Finds what somebody meant.</summary>
public static class NearestName
{
    /// <summary>The valid name that is most like a wrong one, without regard to case; null when none is like it.</summary>
    /// <param name="wrong">What was written.</param>
    /// <param name="valid">What could have been.</param>
    public static string? Of(string wrong, IReadOnlyCollection<string> valid)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        var nearest = valid.MinBy(name => Distance(wrong, name));
        return nearest is not null && Distance(wrong, nearest) <= Math.Max(2, wrong.Length / 3) ? nearest : null;
    }

    /// <summary>Levenshtein's, without case.</summary>
    private static int Distance(string x, string y)
    {
        var previous = Enumerable.Range(0, y.Length + 1).ToArray();
        var current = new int[y.Length + 1];
        for (var i = 1; i <= x.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= y.Length; j++)
            {
                var change = previous[j - 1] + (char.ToUpperInvariant(x[i - 1]) == char.ToUpperInvariant(y[j - 1]) ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[^1];
    }
}
