using System.Runtime.CompilerServices;
using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>Lists a location, and folds what lies deeper than one level into its prefix.</summary>
internal sealed class ListOperation(ListSettings settings, EngineHost host, IObjectReader store)
{
    /// <summary>Opens a store, gives its entries, and closes it.</summary>
    public static async IAsyncEnumerable<ListedEntry> EnumerateAsync(
        ListSettings settings, EngineHost host, Func<IObjectReader> open, Action<ListingProblem>? onProblem, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = open();
        await using var guard = store.ConfigureAwait(false);
        await foreach (var entry in new ListOperation(settings, host, store).EntriesAsync(onProblem, cancellationToken).ConfigureAwait(false))
            yield return entry;
    }

    public async Task<ListReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var problems = new List<ListingProblem>();
        var entries = new List<ListedEntry>();
        await foreach (var entry in EntriesAsync(problems.Add, cancellationToken).ConfigureAwait(false))
            entries.Add(entry);
        return new ListReport
        {
            Operation = "list",
            DryRun = false,
            Duration = host.Time.GetElapsedTime(start),
            Location = store.Root.ToString(),
            Entries = entries,
            Problems = problems,
        };
    }

    /// <summary>The entries as they come. Holds one.</summary>
    public async IAsyncEnumerable<ListedEntry> EntriesAsync(Action<ListingProblem>? onProblem, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListedEntry? last = null;
        await foreach (var found in store.ListAsync(new ListRequest { OnProblem = onProblem }, cancellationToken).ConfigureAwait(false))
        {
            var entry = EntryFor(found);
            // Keys are sorted, so all that share a prefix follow each other.
            if (last?.Key == entry.Key)
            {
                last = Merge(last, entry);
                continue;
            }

            if (last is not null)
                yield return last;
            last = entry;
        }

        if (last is not null)
            yield return last;
    }

    private ListedEntry EntryFor(StoredObject found)
    {
        var slash = settings.Recursive ? -1 : found.Key.IndexOf('/', StringComparison.Ordinal);
        return new ListedEntry
        {
            Key = slash < 0 ? found.Key : found.Key[..(slash + 1)],
            Size = found.Size,
            Objects = 1,
            ModifiedAt = found.ModifiedAt,
        };
    }

    private static ListedEntry Merge(ListedEntry first, ListedEntry second) => first with
    {
        Size = first.Size + second.Size,
        Objects = first.Objects + second.Objects,
        ModifiedAt = first.ModifiedAt > second.ModifiedAt ? first.ModifiedAt : second.ModifiedAt,
    };
}
