using System.Globalization;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// The ranks that wrote files of one checkpoint. How many there must be stands nowhere: a hole is missing, and so are the last ranks where the checkpoint
/// before it has more. After a restart on fewer machines the first checkpoint is doubted for that, until a second one agrees with it.
/// </summary>
internal static class RankSet
{
    /// <summary>How many ranks there were at least, as those that are there tell.</summary>
    public static int AtLeast(IReadOnlySet<int> ranks) => ranks.Count == 0 ? 0 : ranks.Max() + 1;

    /// <summary>The first that is missing before others that are there; null when there is no such hole.</summary>
    /// <param name="ranks">The ranks that are there.</param>
    /// <param name="name">The name of a rank's file.</param>
    public static string? Hole(IReadOnlySet<int> ranks, Func<int, string> name)
    {
        for (var rank = 0; rank < ranks.Count; rank++)
        {
            if (!ranks.Contains(rank))
                return $"{name(rank)} is missing, and later ones are there";
        }

        return null;
    }

    /// <summary>That the checkpoint before has more; null when it has not. See <see cref="UnitClaim.Doubt"/>.</summary>
    /// <param name="ranks">The ranks that are there, without a hole.</param>
    /// <param name="before">How many ranks the checkpoint before had at least; 0 when there is none.</param>
    /// <param name="name">The name of a rank's file.</param>
    public static string? Doubt(IReadOnlySet<int> ranks, int before, Func<int, string> name) => ranks.Count < before
        ? string.Create(CultureInfo.InvariantCulture, $"{name(ranks.Count)} is missing, and the checkpoint before has {before} of its kind")
        : null;
}
