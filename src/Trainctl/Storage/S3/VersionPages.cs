using Amazon.S3;
using Amazon.S3.Model;

namespace Trainctl.Storage.S3;

/// <summary>
/// Reads the pages of a listing of versions, and tells what hid each. S3 lists all that it has of a key together, newest first
/// (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html). Others put the same page down as all its delete markers and all its versions (versitygw; MinIO before
/// July 2020, SeaweedFS before March 2026): what is next to each other is so within one kind only. Of a page that can be either, what is told is never too early. The
/// times are no order either: an upload in parts has that of its beginning on AWS, and versitygw gives a hidden version the time at which it was hidden, and its marker an earlier one.
/// </summary>
/// <param name="now">When something is hidden that nothing is known to hide.</param>
internal sealed class VersionPages(Func<DateTimeOffset> now)
{
    /// <summary>The last of each kind on the page before, as it came. One of them is of the key that the next page may go on with, and newer than all that is there.</summary>
    private IReadOnlyList<ListedVersion> _before = [];

    /// <summary>The greatest key of the last page that had any; null when one was not valid.</summary>
    public string? LastKey => _before.Any(static v => v.Key is null) ? null : _before.Select(static v => v.Key!).Max(KeyOrder.Instance);

    /// <summary>The versions of the next page, in the order of keys.</summary>
    public IReadOnlyList<ListedVersion> Read(IReadOnlyList<S3ObjectVersion> page, EncodingType? encoding)
    {
        ListedVersion[] entries = [.. page.Select(v => ListedVersion.Of(v, encoding))];
        if (entries.Length == 0)
            return [];
        var isOneStream = entries.Zip(entries.Skip(1)).Count(static pair => pair.First.IsDeleteMarker != pair.Second.IsDeleteMarker) > 1;
        var read = entries.Where(static e => e.Key is not null).GroupBy(static e => e.Key, StringComparer.Ordinal).OrderBy(static g => g.Key!, KeyOrder.Instance)
            .SelectMany(g => ReadKey([.. g], isOneStream)).ToArray();
        _before = [.. new[] { Array.FindLastIndex(entries, static e => e.IsDeleteMarker), Array.FindLastIndex(entries, static e => !e.IsDeleteMarker) }
            .Where(static i => i >= 0).Order().Select(i => entries[i])];
        return read;
    }

    private IEnumerable<ListedVersion> ReadKey(ListedVersion[] entries, bool isOneStream)
    {
        var newest = Array.Find(entries, static e => e.IsCurrent);
        // Where the page has the newest again, it does not go on with the one before.
        var before = newest is null ? _before.LastOrDefault(e => e.Key == entries[0].Key) : null;
        for (var i = 0; i < entries.Length; i++)
        {
            // Some pages begin with the last entry of the one before.
            if (entries[i].VersionId != before?.VersionId)
                yield return entries[i] with { HiddenAt = HiddenAt(entries[i], i > 0 ? entries[i - 1] : null) };
        }

        DateTimeOffset HiddenAt(ListedVersion version, ListedVersion? next)
        {
            if (next is not null && (isOneStream || next.IsDeleteMarker == version.IsDeleteMarker) && next.WrittenAt >= version.WrittenAt)
                return next.WrittenAt.Value;
            if (newest is not null)
                return newest.WrittenAt is { } time ? Later(time, version.WrittenAt ?? time) : now();
            return before?.WrittenAt >= version.WrittenAt ? before.WrittenAt.Value : now();
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary>A version or a delete marker, as a listing has it.</summary>
/// <param name="Key">The whole key; null when it is not valid.</param>
/// <param name="VersionId">Its name; empty when it has none.</param>
/// <param name="IsDeleteMarker">Whether it says that the object is deleted.</param>
/// <param name="IsCurrent">Whether it is the newest of its key.</param>
/// <param name="Size">In bytes; 0 for a delete marker.</param>
/// <param name="WrittenAt">When it was written; null where the store did not tell. An upload in parts has the time of its beginning on AWS.</param>
internal sealed record ListedVersion(string? Key, string VersionId, bool IsDeleteMarker, bool IsCurrent, long Size, DateTimeOffset? WrittenAt)
{
    /// <summary>Since when another entry of its key hides it; for a current one, when it was written.</summary>
    public DateTimeOffset HiddenAt { get; init; }

    public static ListedVersion Of(S3ObjectVersion version, EncodingType? encoding)
    {
        var isMarker = version.IsDeleteMarker == true;
        return new ListedVersion(
            KeyDecoder.Decode(version.Key ?? "", encoding),
            version.VersionId ?? "",
            isMarker,
            version.IsLatest == true,
            isMarker ? 0 : version.Size ?? 0,
            version.LastModified is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null);
    }
}
