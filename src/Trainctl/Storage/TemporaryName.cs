using Trainctl.Storage.Hashing;

namespace Trainctl.Storage;

/// <summary>
/// Names of files that Trainctl writes before it renames them. They never belong to a user, so listings leave them out.
/// Short, so that no legal file name becomes too long by it.
/// </summary>
public static class TemporaryName
{
    private const string Prefix = ".trainctl-";
    private const string Suffix = ".tmp";
    private const string PartialMark = "part";
    private const string JournalMark = "jrnl";
    private const int Digits = 16;

    /// <summary>A fresh name that no other process uses.</summary>
    public static string Create() => Prefix + RandomDigits.Create(Digits) + Suffix;

    /// <summary>
    /// Whether the last segment of a key or path is such a name, or one followed by digits: a program that was told to write the file may use a
    /// temporary name of its own in its turn, as Go's <c>os.CreateTemp</c> makes it.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> fileName)
    {
        var name = fileName.TrimEnd("0123456789");
        return name.Length == Prefix.Length + Digits + Suffix.Length && name.StartsWith(Prefix) && name.EndsWith(Suffix);
    }

    /// <summary>Where a file that comes in parts grows until it is whole: the same name in every run.</summary>
    internal static string PartialOf(string fileName) => Prefix + PartialMark + Mark(fileName) + Suffix;

    /// <summary>Where it is remembered what has come already.</summary>
    internal static string JournalOf(string fileName) => Prefix + JournalMark + Mark(fileName) + Suffix;

    /// <summary>Whether it is the name of a file that grows over more than one run; then also the name of its journal.</summary>
    internal static bool IsPartial(string name, out string journal) => IsMarked(name, PartialMark, JournalMark, out journal);

    /// <summary>Whether it is the name of a journal; then also the name of the file that it is about.</summary>
    internal static bool IsJournal(string name, out string partial) => IsMarked(name, JournalMark, PartialMark, out partial);

    private static bool IsMarked(string name, string mark, string otherMark, out string other)
    {
        var isMarked = Matches(name) && name.EndsWith(Suffix, StringComparison.Ordinal) && name.AsSpan(Prefix.Length).StartsWith(mark);
        other = isMarked ? string.Concat(Prefix, otherMark, name.AsSpan(Prefix.Length + mark.Length)) : "";
        return isMarked;
    }

    private static string Mark(string fileName) =>
        ShortSha256.OfText(fileName)[..(Digits - PartialMark.Length)];
}
