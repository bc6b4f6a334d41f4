using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Sync;

/// <summary>
/// Looks at the source once more for what is about to go at the destination. By then the source's listing may be hours old, and whoever wrote an object to both
/// meanwhile would lose it at one. A folder is asked for each file; a bucket for a page of neighbours, or for each object where pages show few of them.
/// </summary>
internal sealed class SourceLook(IObjectReader source)
{
    private const int Concurrency = 16;
    private const int PageSize = 1000;

    /// <summary>With fewer objects in a page, asking for each by name is about as cheap.</summary>
    private const int WorthPaging = 8;

    /// <summary>So many are asked for by name before the next page is tried.</summary>
    private const int ByName = 64;

    private readonly Dictionary<string, TrainctlException?> _stay = new(StringComparer.Ordinal);

    /// <summary>Which of the keys must stay: with null, the source has them; with a failure, nobody could tell.</summary>
    /// <param name="keys">In the order of keys.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyDictionary<string, TrainctlException?>> FindAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        _stay.Clear();
        if (source is FolderStore folder)
        {
            foreach (var key in keys.Where(folder.MayHave))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _stay.Add(key, null);
            }
        }
        else if (source is IPageReader pages)
        {
            await FindByPagesAsync(pages, keys, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await FindByNameAsync(keys, cancellationToken).ConfigureAwait(false);
        }

        return _stay;
    }

    private async Task FindByPagesAsync(IPageReader pages, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        for (var next = 0; next < keys.Count;)
        {
            // A page begins behind a key, so the first of a run is asked for by name.
            var known = next + 1;
            if (keys.Count - known >= WorthPaging && await TryPageAsync(pages, keys[next], cancellationToken).ConfigureAwait(false) is { } page)
            {
                var there = page.Objects.Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
                for (; known < keys.Count && page.Covers(keys[known]); known++)
                {
                    if (there.Contains(keys[known]))
                        _stay.Add(keys[known], null);
                }
            }

            var rest = known - next > WorthPaging ? 0 : Math.Min(ByName, keys.Count - known);
            await FindByNameAsync([keys[next], .. keys.Skip(known).Take(rest)], cancellationToken).ConfigureAwait(false);
            next = known + rest;
        }
    }

    private static async Task<NeighbourPage?> TryPageAsync(IPageReader pages, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await pages.PageAfterAsync(key, PageSize, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException)
        {
            // Each is asked for by name, and says what is wrong.
            return null;
        }
    }

    private async Task FindByNameAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(keys, parallel, async (key, token) =>
        {
            TrainctlException? failure = null;
            try
            {
                if (await source.HeadAsync(key, token).ConfigureAwait(false) is null)
                    return;
            }
            catch (TrainctlException exception)
            {
                failure = exception;
            }

            lock (_stay)
                _stay.Add(key, failure);
        }).ConfigureAwait(false);
    }
}
