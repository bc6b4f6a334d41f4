using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// A name that tells by numbers which rank wrote it, such as <c>zero_pp_rank_1_mp_rank_00_optim_states.pt</c>.
/// </summary>
/// <param name="Name">The whole name.</param>
/// <param name="Start">Where the numbers begin that count; what stands before is no rank.</param>
/// <param name="Template">The name with <c>#</c> for each number that counts.</param>
/// <param name="Ranks">The numbers.</param>
internal sealed partial record RankedName(string Name, int Start, string Template, IReadOnlyList<int> Ranks)
{
    public static RankedName Parse(string name, int start = 0)
    {
        var ranks = Number().Matches(name, start).Select(static m => int.Parse(m.Value, CultureInfo.InvariantCulture));
        return new RankedName(name, start, Number().Replace(name, "#", -1, start), [.. ranks]);
    }

    /// <summary>The name that other ranks would have, padded with zeros as this one is.</summary>
    public string With(IReadOnlyList<int> ranks)
    {
        var i = 0;
        return Number().Replace(Name, m => ranks[i++].ToString("D" + m.Length.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), -1, Start);
    }

    [GeneratedRegex(@"(?<![A-Za-z0-9.])\d{1,9}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

/// <summary>The files of all ranks along several axes, of which none may be missing.</summary>
internal static class RankGrid
{
    /// <summary>The first name missing among names of one template, or null when the grid is full.</summary>
    /// <param name="names">Names of one template.</param>
    /// <param name="sizes">How many ranks each axis must have at least; the names may show that there are more.</param>
    public static string? Missing(IReadOnlyCollection<RankedName> names, params IReadOnlyList<int> sizes)
    {
        if (names.Count == 0)
            return null;
        var sample = names.MinBy(static n => n.Name.Length)!;
        var counts = Enumerable.Range(0, sample.Ranks.Count)
            .Select(axis => Math.Max(axis < sizes.Count ? sizes[axis] : 0, names.Max(n => n.Ranks[axis]) + 1)).ToArray();
        var there = names.Select(static n => string.Join(',', n.Ranks)).ToHashSet(StringComparer.Ordinal);
        // At most as many steps as there are names, and one more.
        for (var at = new int[counts.Length]; ;)
        {
            if (!there.Contains(string.Join(',', at)))
                return sample.With(at);
            var axis = counts.Length - 1;
            while (axis >= 0 && ++at[axis] == counts[axis])
                at[axis--] = 0;
            if (axis < 0)
                return null;
        }
    }
}
