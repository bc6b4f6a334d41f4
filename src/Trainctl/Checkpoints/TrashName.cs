using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>
/// Names in a trash: <c>TRASH/20240601T120000Z/KEY</c> for an object, and <c>TRASH/20240601T120000Z/.trainctl-trash/PATH.0123abcd.json</c> for what was moved;
/// beside that <c>PATH.0123abcd.back</c> while it is brought back. Pure.
/// </summary>
internal static class TrashName
{
    private const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string RecordFolder = ".trainctl-trash";
    private const string RecordSuffix = ".json";

    /// <summary>No longer than the other, so that what a record can be named, a mark can.</summary>
    private const string MarkSuffix = ".back";

    private const int UniqueLength = 8;

    public static string DateOf(DateTimeOffset time) => time.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture);

    public static bool TryParseDate(string segment, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        segment, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    public static string FolderOf(string trash, string date) => $"{trash}/{date}/";

    /// <summary>A key of its own for each record, so that no prune ever replaces another's.</summary>
    public static string NewRecordKey(string folder, string path) =>
        $"{folder}{RecordFolder}/{path}.{RandomDigits.Create(UniqueLength)}{RecordSuffix}";

    /// <summary>The path of the checkpoint that a record below a date's folder is about; null when it is no record.</summary>
    public static string? PathOf(string folder, string key) => PathOf(folder, key, RecordSuffix);

    /// <summary>The key that says that what a record is about is being brought back.</summary>
    public static string MarkOf(string record) => record[..^RecordSuffix.Length] + MarkSuffix;

    /// <summary>The path of the checkpoint that such a key is about, below the location of the prune that moved it; null when it is none.</summary>
    public static string? PathOfMark(string key) => FolderOfRecord(key) is { } folder ? PathOf(folder, key, MarkSuffix) : null;

    /// <summary>The folder of a date that a key in a known trash is in, with the slash at its end; null when it is in none.</summary>
    public static string? FolderOfKey(string trash, string key)
    {
        if (!key.StartsWith(trash + "/", StringComparison.Ordinal))
            return null;
        var slash = key.IndexOf('/', trash.Length + 1);
        return slash > 0 && TryParseDate(key[(trash.Length + 1)..slash], out _) ? key[..(slash + 1)] : null;
    }

    /// <summary>Whether something in a known trash of a checkpoint at or below a path may be at or below a key; an empty path is all.</summary>
    public static bool MayHide(string trash, string key, string path)
    {
        if ((trash + "/").StartsWith(key + "/", StringComparison.Ordinal))
            return true;
        if (FolderOfKey(trash, key + "/") is not { } folder)
            return false;
        var below = (key + "/")[folder.Length..];
        if (below.StartsWith(RecordFolder + "/", StringComparison.Ordinal))
            below = below[(RecordFolder.Length + 1)..];
        return path.Length == 0 || (path + "/").StartsWith(below, StringComparison.Ordinal) || below.StartsWith(path, StringComparison.Ordinal);
    }

    /// <summary>
    /// Takes what is in any trash out of a listing. A trash is known by its records, wherever it is and whatever its name: an operation that is not told
    /// of it must not take what was thrown away for checkpoints.
    /// </summary>
    public static IReadOnlyList<StoredObject> TakeOut(List<StoredObject> objects)
    {
        var folders = objects.Select(static o => FolderOfRecord(o.Key)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (folders.Count == 0)
            return [];
        var thrownAway = objects.FindAll(o => IsIn(folders, o.Key));
        objects.RemoveAll(o => IsIn(folders, o.Key));
        return thrownAway;
    }

    /// <summary>Whether a key is below one of these folders, which have a slash at their ends.</summary>
    private static bool IsIn(HashSet<string> folders, string key)
    {
        var lookup = folders.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', slash + 1))
        {
            if (lookup.Contains(key.AsSpan(0, slash + 1)))
                return true;
        }

        return false;
    }

    /// <summary>Reads a setting.</summary>
    /// <exception cref="TrainctlException">With <see cref="TrainctlError.InvalidSetting"/>.</exception>
    public static string Parse(string trash)
    {
        var name = trash.TrimEnd('/');
        if (name.Length == 0 || name[0] == '/' || name.Contains('\\', StringComparison.Ordinal) || name.Contains("://", StringComparison.Ordinal)
            || name.Split('/').Any(static s => s is "" or "." or ".." or RecordFolder || TryParseDate(s, out _)))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"Trash is '{trash}'; it must be a prefix or folder below the location, such as '.trash', with '/' between segments and no '..'.",
                "Trash");
        }

        return name;
    }

    /// <summary>The folder of a date that a record of any trash is in, with the slash at its end; null for what is no record.</summary>
    public static string? FolderOfRecord(string key)
    {
        var at = key.IndexOf($"/{RecordFolder}/", StringComparison.Ordinal);
        if (at <= 0)
            return null;
        var date = key[(key.LastIndexOf('/', at - 1) + 1)..at];
        return TryParseDate(date, out _) ? key[..(at + 1)] : null;
    }

    private static string? PathOf(string folder, string key, string suffix)
    {
        var start = folder.Length + RecordFolder.Length + 1;
        return key.StartsWith($"{folder}{RecordFolder}/", StringComparison.Ordinal) && key.EndsWith(suffix, StringComparison.Ordinal)
            && key.Length > start + UniqueLength + 1 + suffix.Length
            ? key[start..^(UniqueLength + 1 + suffix.Length)]
            : null;
    }
}
