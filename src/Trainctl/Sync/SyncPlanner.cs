using System.Runtime.CompilerServices;
using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>One key's decision.</summary>
/// <param name="Source">The object at the source; null when only the destination has it.</param>
/// <param name="Destination">The object at the destination; null when only the source has it.</param>
/// <param name="Verdict">What comparing the two found; null unless both are there.</param>
internal readonly record struct SyncDecision(StoredObject? Source, StoredObject? Destination, Verdict? Verdict);

/// <summary>
/// Merges two listings in key order into one stream of decisions. Holds one object of each side: memory does not grow with their number.
/// </summary>
internal static class SyncPlanner
{
    public static async IAsyncEnumerable<SyncDecision> PlanAsync(
        IAsyncEnumerable<StoredObject> source,
        StoreTraits sourceTraits,
        IAsyncEnumerable<StoredObject> destination,
        StoreTraits destinationTraits,
        Comparison mode,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var left = source.GetAsyncEnumerator(cancellationToken);
        await using var leftGuard = left.ConfigureAwait(false);
        var right = destination.GetAsyncEnumerator(cancellationToken);
        await using var rightGuard = right.ConfigureAwait(false);
        var hasLeft = await left.MoveNextAsync().ConfigureAwait(false);
        var hasRight = await right.MoveNextAsync().ConfigureAwait(false);
        while (hasLeft || hasRight)
        {
            var order = !hasLeft ? 1 : !hasRight ? -1 : KeyOrder.Compare(left.Current.Key, right.Current.Key);
            yield return order switch
            {
                < 0 => new SyncDecision(left.Current, null, null),
                > 0 => new SyncDecision(null, right.Current, null),
                _ => new SyncDecision(
                    left.Current, right.Current, SyncRule.Compare(left.Current, sourceTraits, right.Current, destinationTraits, mode, metadataAsked: false)),
            };
            if (order <= 0)
                hasLeft = await left.MoveNextAsync().ConfigureAwait(false);
            if (order >= 0)
                hasRight = await right.MoveNextAsync().ConfigureAwait(false);
        }
    }
}
