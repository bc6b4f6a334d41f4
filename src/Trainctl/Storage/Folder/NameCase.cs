namespace Trainctl.Storage.Folder;

/// <summary>
/// Whether a file system takes names that differ in case only for one, as APFS, NTFS, SMB shares and some ext4 do. A name is looked up in the other case. Names that
/// differ in the composition of accents are not told apart from others.
/// </summary>
internal static class NameCase
{
    /// <summary>Where it cannot be found out.</summary>
    public static bool IsUsuallyIgnored => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    /// <summary>Looks at what is in a folder; where it is not there yet, in the nearest one above. Null when that does not tell.</summary>
    /// <param name="folder">Absolute.</param>
    /// <param name="mayWrite">Whether a temporary file may be made for a moment when there is no other name.</param>
    /// <param name="exists">The look-up; null for the file system's.</param>
    public static bool? IsIgnoredIn(string folder, bool mayWrite, Func<string, bool>? exists = null)
    {
        exists ??= Path.Exists;
        var nearest = folder;
        while (!Directory.Exists(nearest))
        {
            if (Path.GetDirectoryName(nearest) is not { } above)
                return null;
            nearest = above;
        }

        try
        {
            return ByNames(nearest, exists) ?? (mayWrite ? ByNewFile(nearest, exists) : null);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return null;
        }
    }

    private static bool? ByNames(string folder, Func<string, bool> exists)
    {
        foreach (var name in Names(folder))
        {
            var other = InOtherCase(name);
            if (other == name || name.Contains('\uFFFD', StringComparison.Ordinal))
                continue;
            var isFound = exists(Path.Join(folder, other));
            // It may be gone by now, and its other name with it.
            if (exists(Path.Join(folder, name)))
                return isFound && !Names(folder).Contains(other, StringComparer.Ordinal);
        }

        return null;
    }

    private static bool ByNewFile(string folder, Func<string, bool> exists)
    {
        var name = TemporaryName.Create();
        using var file = File.OpenHandle(Path.Join(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        return exists(Path.Join(folder, InOtherCase(name)));
    }

    private static IEnumerable<string> Names(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }).Select(static entry => entry.Name);

    private static string InOtherCase(string name) => string.Create(name.Length, name, static (other, name) =>
    {
        for (var i = 0; i < name.Length; i++)
            other[i] = char.IsAsciiLetterUpper(name[i]) ? char.ToLowerInvariant(name[i]) : char.IsAsciiLetterLower(name[i]) ? char.ToUpperInvariant(name[i]) : name[i];
    });
}
