using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>Lists a location, and folds what lies deeper than one level into its prefix.</summary>
internal sealed class ListOperation(ListSettings settings, EngineHost host, IObjectReader store)
{
    public async Task<ListReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var problems = new List<ListingProblem>();
        var entries = new List<ListedEntry>();
        await foreach (var found in store.ListAsync(new ListRequest { OnProblem = problems.Add }, cancellationToken).ConfigureAwait(false))
        {
            var entry = EntryFor(found);
            // Keys are sorted, so all that share a prefix follow each other.
            if (entries.Count > 0 && entries[^1].Key == entry.Key)
                entries[^1] = Merge(entries[^1], entry);
            else
                entries.Add(entry);
        }

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
