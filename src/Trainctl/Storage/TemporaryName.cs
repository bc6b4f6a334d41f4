using System.Security.Cryptography;

namespace Trainctl.Storage;

/// <summary>
/// Names of files that Trainctl writes before it renames them. They never belong to a user, so listings leave them out.
/// Short, so that no legal file name becomes too long by it.
/// </summary>
public static class TemporaryName
{
    private const string Prefix = ".trainctl-";
    private const string Suffix = ".tmp";

    /// <summary>A fresh name that no other process uses.</summary>
    public static string Create() => Prefix + RandomNumberGenerator.GetHexString(16, lowercase: true) + Suffix;

    /// <summary>
    /// Whether the last segment of a key or path is such a name, or one followed by digits: a program that was told to write the file may use a
    /// temporary name of its own in its turn, as Go's <c>os.CreateTemp</c> makes it.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> fileName)
    {
        var name = fileName.TrimEnd("0123456789");
        return name.Length == Prefix.Length + 16 + Suffix.Length && name.StartsWith(Prefix) && name.EndsWith(Suffix);
    }
}
