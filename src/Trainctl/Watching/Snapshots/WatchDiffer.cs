using Trainctl.Storage;

namespace Trainctl.Watching.Snapshots;

/// <summary>One difference between two snapshots.</summary>
/// <param name="Kind">Created, changed or deleted.</param>
/// <param name="Entry">As it is now; for one that is gone, as it was.</param>
internal readonly record struct WatchChange(WatchEventKind Kind, WatchEntry Entry);

/// <summary>
/// Compares two snapshots, each a sequence in the order of keys (<see cref="KeyOrder"/>) without a key twice. All answers are such sequences too, made while
/// they are read: one entry of each side is held. Pure.
/// </summary>
internal static class WatchDiffer
{
    /// <summary>What happened between two snapshots.</summary>
    public static IEnumerable<WatchChange> Diff(IEnumerable<WatchEntry> before, IEnumerable<WatchEntry> after)
    {
        foreach (var (was, now) in Pairs(before, after))
        {
            if (was is null)
                yield return new WatchChange(WatchEventKind.Created, now!);
            else if (now is null)
                yield return new WatchChange(WatchEventKind.Deleted, was);
            else if (now.DiffersFrom(was))
                yield return new WatchChange(WatchEventKind.Changed, now);
        }
    }

    /// <summary>The later snapshot with what is missing there: nothing in the answer is gone.</summary>
    public static IEnumerable<WatchEntry> WithoutDeletions(IEnumerable<WatchEntry> before, IEnumerable<WatchEntry> after) =>
        Pairs(before, after).Select(static pair => pair.After ?? pair.Before!);

    /// <summary>A snapshot between two, when the changes up to a key have been dealt with and the rest not.</summary>
    /// <param name="before">The earlier one.</param>
    /// <param name="after">The later one.</param>
    /// <param name="key">The last key that was dealt with; null for none.</param>
    public static IEnumerable<WatchEntry> Between(IEnumerable<WatchEntry> before, IEnumerable<WatchEntry> after, string? key) => key is null
        ? before
        : Pairs(before, after).Select(pair => KeyOrder.Compare((pair.After ?? pair.Before!).Key, key) <= 0 ? pair.After : pair.Before).OfType<WatchEntry>();

    private static IEnumerable<(WatchEntry? Before, WatchEntry? After)> Pairs(IEnumerable<WatchEntry> before, IEnumerable<WatchEntry> after)
    {
        using var left = before.GetEnumerator();
        using var right = after.GetEnumerator();
        var hasLeft = left.MoveNext();
        var hasRight = right.MoveNext();
        while (hasLeft || hasRight)
        {
            var order = !hasLeft ? 1 : !hasRight ? -1 : KeyOrder.Compare(left.Current.Key, right.Current.Key);
            yield return (order <= 0 ? left.Current : null, order >= 0 ? right.Current : null);
            if (order <= 0)
                hasLeft = left.MoveNext();
            if (order >= 0)
                hasRight = right.MoveNext();
        }
    }
}
