using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;

namespace Trainctl.Storage;

/// <summary>Listings on whose strength something is removed, replaced or vouched for: what they do not show counts as absent, so they show all or fail.</summary>
internal static class WholeListing
{
    /// <summary>As <see cref="IObjectReader.ListAsync"/>, but fails when something that may be there is not shown.</summary>
    /// <param name="store">What to list.</param>
    /// <param name="request">Whose own <see cref="ListRequest.OnProblem"/> is not called.</param>
    /// <param name="work">What is refused then, as the beginning of a sentence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="matters">Which problems count; null: all of that kind.</param>
    /// <exception cref="TrainctlException">With <see cref="TrainctlError.IncompleteListing"/>.</exception>
    public static IAsyncEnumerable<StoredObject> ListWholeAsync(
        this IObjectReader store, ListRequest request, string work, CancellationToken cancellationToken, Func<ListingProblem, bool>? matters = null)
    {
        var gaps = new Gaps(matters);
        return WithoutAsync(store.ListAsync(request with { OnProblem = gaps.Add }, cancellationToken), gaps, store.Root, work, cancellationToken);
    }

    /// <summary>The same of a place that is about to be written, see <see cref="DestinationListing.ListDestinationAsync"/>.</summary>
    /// <param name="destination">What to list.</param>
    /// <param name="request">Whose own <see cref="ListRequest.OnProblem"/> is not called.</param>
    /// <param name="work">What is refused then, as the beginning of a sentence.</param>
    /// <param name="keys">What matters: a place of others may have much that is nothing to it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TrainctlException">With <see cref="TrainctlError.IncompleteListing"/>.</exception>
    public static IAsyncEnumerable<StoredObject> ListWholeDestinationAsync(
        this IObjectReader destination, ListRequest request, string work, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var gaps = new Gaps(problem => keys.Any(new FolderKeys(problem.Key).Reach));
        return WithoutAsync(destination.ListDestinationAsync(request with { OnProblem = gaps.Add }, cancellationToken), gaps, destination.Root, work, cancellationToken);
    }

    private static async IAsyncEnumerable<StoredObject> WithoutAsync(
        IAsyncEnumerable<StoredObject> listing, Gaps gaps, ObjectUrl root, string work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var found in listing.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (gaps.First is not null)
                break;
            yield return found;
        }

        if (gaps.First is { } gap)
        {
            throw new TrainctlException(
                TrainctlError.IncompleteListing,
                $"{work} was refused: '{root}' could not be listed completely. {gap.Message}",
                gap.Key,
                gap.Error is { } error ? new TrainctlException(error, gap.Message, gap.Key) : null);
        }
    }

    private sealed class Gaps(Func<ListingProblem, bool>? matters)
    {
        public ListingProblem? First { get; private set; }

        public void Add(ListingProblem problem)
        {
            if (problem.LeavesOut && matters?.Invoke(problem) != false)
                First ??= problem;
        }
    }
}
