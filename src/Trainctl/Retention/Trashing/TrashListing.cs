using Trainctl.Checkpoints;
using Trainctl.Storage;

namespace Trainctl.Retention.Trashing;

/// <summary>What is in a trash, from one listing.</summary>
internal sealed class TrashListing
{
    private readonly List<(string Folder, string Path, StoredObject Record)> _records = [];
    private readonly List<(string Folder, string Path, StoredObject Mark)> _marks = [];
    private readonly Dictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);

    private TrashListing(string trash) => Trash = trash;

    public string Trash { get; }

    /// <summary>The folders of dates, newest first, with the slash at their ends.</summary>
    public IReadOnlyList<string> Folders { get; private set; } = [];

    /// <param name="store">The location.</param>
    /// <param name="trash">The trash below it.</param>
    /// <param name="work">What is refused when not all of the trash can be listed, as the beginning of a sentence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="path">Only what is at or below this path matters; null or empty: all.</param>
    /// <exception cref="Diagnostics.TrainctlException">With <see cref="Diagnostics.TrainctlError.IncompleteListing"/>.</exception>
    public static async Task<TrashListing> ReadAsync(IObjectStore store, string trash, string work, CancellationToken cancellationToken, string? path = null)
    {
        var listing = new TrashListing(trash);
        var request = new ListRequest { Prefix = trash + "/", FollowSymlinks = false };
        await foreach (var found in store.ListWholeAsync(request, work, cancellationToken, problem => TrashName.MayHide(trash, problem.Key, path ?? "")).ConfigureAwait(false))
        {
            if (TrashName.FolderOfKey(trash, found.Key) is not { } folder)
                continue;
            listing._objects.Add(found.Key, found);
            if (TrashName.PathOf(folder, found.Key) is { } recorded)
                listing._records.Add((folder, recorded, found));
            else if (TrashName.PathOfMark(found.Key) is { } marked)
                listing._marks.Add((folder, marked, found));
        }

        listing.Folders = [.. listing._objects.Keys.Select(k => TrashName.FolderOfKey(trash, k)!).Distinct(StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal)];
        return listing;
    }

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

    /// <summary>
    /// Since when a folder has what is in it: its name tells by the clock of the machine that moved it there, its records by that of the store. The later counts.
    /// </summary>
    private DateTimeOffset TimeOf(string folder) => TrashName.TryParseDate(folder[(Trash.Length + 1)..^1], out var time)
        ? _records.Where(r => r.Folder == folder).Select(static r => r.Record.ModifiedAt).Append(time).Max()
        : DateTimeOffset.MaxValue;

    /// <summary>The records: the folder of the date, the checkpoint's path, and the record's own object.</summary>
    public IReadOnlyList<(string Folder, string Path, StoredObject Record)> Records => _records;

    /// <summary>Whether a checkpoint is being brought back.</summary>
    public bool IsRestored(string path, DateTimeOffset now) => _marks.Exists(m => m.Path == path && RestoreMarks.Counts(m.Mark, now));

    /// <summary>Whether anything is being brought back from a folder.</summary>
    public bool IsRestoredFrom(string folder, DateTimeOffset now) => _marks.Exists(m => m.Folder == folder && RestoreMarks.Counts(m.Mark, now));

    /// <summary>
    /// What is older than an age allows, but for what is being brought back: records last, so that what is left of a trash is still known as one.
    /// </summary>
    public IReadOnlyList<PlannedObject> Expired(DateTimeOffset now, TimeSpan maxAge) =>
    [
        .. Folders.Where(f => now - TimeOf(f) > maxAge && !IsRestoredFrom(f, now))
            .SelectMany(folder => _objects.Values
                .Where(o => o.Key.StartsWith(folder, StringComparison.Ordinal))
                .Select(o => PlannedObject.Of(o, TrashName.PathOf(folder, o.Key) is null ? 1 : 2)))
            .OrderBy(static o => o.Batch)
            .ThenBy(static o => o.Key, KeyOrder.Instance),
    ];
}
