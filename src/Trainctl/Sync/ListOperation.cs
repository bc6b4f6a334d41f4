using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>Lists a location, and folds what lies deeper than one level into its prefix. Where nothing is below it in a bucket, the object itself, if there is one.</summary>
internal sealed class ListOperation(ListSettings settings, EngineHost host, Func<ObjectUrl, IObjectReader> open)
{
    /// <summary>What the keys are relative to.</summary>
    private ObjectUrl _root = settings.Location;

    /// <summary>Whether each object has an entry of its own.</summary>
    private bool _isWhole = settings.Recursive;

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
            Location = _root.ToString(),
            Entries = entries,
            Problems = problems,
        };
    }

    /// <summary>The entries as they come. Holds one.</summary>
    public async IAsyncEnumerable<ListedEntry> EntriesAsync(Action<ListingProblem>? onProblem, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListedEntry? last = null;
        await foreach (var found in ObjectsAsync(onProblem, cancellationToken).ConfigureAwait(false))
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

    private async IAsyncEnumerable<StoredObject> ObjectsAsync(Action<ListingProblem>? onProblem, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = open(settings.Location);
        await using var guard = store.ConfigureAwait(false);
        _root = store.Root;
        var isEmpty = true;
        await foreach (var found in store.ListAsync(new ListRequest { OnProblem = onProblem }, cancellationToken).ConfigureAwait(false))
        {
            isEmpty = false;
            yield return found;
        }

        if (isEmpty && !settings.Location.IsFolder && !settings.Location.EndsWithSeparator && await FindOneAsync(cancellationToken).ConfigureAwait(false) is { } one)
            yield return one;
    }

    /// <summary>
    /// Who may list need not be allowed to ask for an object, so this is a listing too: of all that begin with a key, it is the first. Who may list only what is
    /// below the location sees that nothing is.
    /// </summary>
    private async Task<StoredObject?> FindOneAsync(CancellationToken cancellationToken)
    {
        var (parent, name) = settings.Location.SplitLast();
        var store = open(parent);
        await using var guard = store.ConfigureAwait(false);
        try
        {
            var first = await store.ListAsync(new ListRequest { Prefix = name }, cancellationToken).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            if (first?.Key != name)
                return null;
            (_root, _isWhole) = (store.Root, true);
            return first;
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.AccessDenied)
        {
            return null;
        }
    }

    private ListedEntry EntryFor(StoredObject found)
    {
        var slash = _isWhole ? -1 : found.Key.IndexOf('/', StringComparison.Ordinal);
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
