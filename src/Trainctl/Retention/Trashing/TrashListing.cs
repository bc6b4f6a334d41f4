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

    public static async Task<TrashListing> ReadAsync(IObjectStore store, string trash, CancellationToken cancellationToken)
    {
        var listing = new TrashListing(trash);
        await foreach (var found in store.ListAsync(new ListRequest { Prefix = trash + "/", FollowSymlinks = false }, cancellationToken).ConfigureAwait(false))
        {
            if (TrashName.FolderOfKey(trash, found.Key) is not { } folder)
                continue;
            listing._objects.Add(found.Key, found);
            if (TrashName.PathOf(folder, found.Key) is { } path)
                listing._records.Add((folder, path, found));
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
