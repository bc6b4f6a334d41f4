namespace Trainctl.Storage.Folder;

/// <summary>From keys to paths below one folder, and back. By text alone, but for what says that it looks at the disk.</summary>
internal static class FolderPath
{
    private const int MaxNameBytes = 255;

    private static readonly System.Buffers.SearchValues<char> WindowsForbidden = System.Buffers.SearchValues.Create("\\:*?\"<>|");

    private static readonly string[] WindowsDevices =
    [
        "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    ];

    /// <summary>Why the key cannot be the name of a file here, by its text alone; null when it can.</summary>
    public static string? RefusalOf(string key)
    {
        if (key.Length == 0)
            return "the key is empty";
        if (key[0] == '/')
            return "the key is an absolute path and would leave the folder";
        if (key[^1] == '/')
            return "the key ends with '/', and no file can have that name";
        foreach (var range in key.AsSpan().Split('/'))
        {
            var problem = SegmentProblem(key.AsSpan(range));
            if (problem is not null)
                return problem;
        }

        return null;
    }

    public static string ToPath(string root, string key) => Path.Join(root, key.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>What on the disk prevents that the root is a folder or becomes one: a file, or a link that leads nowhere, in its place or above it. Null when nothing does.</summary>
    public static string? ObstacleAt(string root)
    {
        for (var path = root; path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            if (FileRename.IsTaken(path))
                return $"'{path}' {(FileStatus.IsAbsent(path) ? "is a symbolic link that leads nowhere" : "is a file, and a folder is needed there")}";
        }

        return null;
    }

    /// <summary>
    /// What on the disk prevents a file under this key: a file where a folder is needed, a folder, a socket, a pipe or a
    /// device where the file would be, or a symbolic link that leads out of the root. Null when nothing does; of the root itself tells <see cref="ObstacleAt"/>.
    /// </summary>
    public static string? ObstacleOf(string root, string key)
    {
        var path = root;
        var segments = key.Split('/');
        for (var i = 0; i < segments.Length - 1; i++)
        {
            path = Path.Join(path, segments[i]);
            var entry = new FileInfo(path);
            if (entry.LinkTarget is not null && RealPath.TryOf(path) is var target && !LeadsInside(root, target))
                return $"'{string.Join('/', segments.Take(i + 1))}' is a symbolic link that leads {(target is null ? "nowhere" : "out of the folder")}";
            if (entry.Exists)
                return $"'{string.Join('/', segments.Take(i + 1))}' is a file, and a folder is needed there";
            if (!Directory.Exists(path))
                return null;
        }

        var last = Path.Join(path, segments[^1]);
        return SpecialFile.KindOf(last) switch
        {
            FileKind.Folder when new DirectoryInfo(last).LinkTarget is null => "a folder with this name is in the way",
            FileKind.Special => SpecialFile.InTheWay,
            _ => null,
        };
    }

    /// <summary>The folder of the key that is a symbolic link, as a key; null when none is. The root may be one.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="key">What may be behind a link.</param>
    /// <param name="onlyOut">Whether links that stay inside the root do not count.</param>
    public static string? LinkAbove(string root, string key, bool onlyOut)
    {
        foreach (var folder in FolderKeys.FoldersOf(key))
        {
            var path = ToPath(root, folder);
            if (new FileInfo(path).LinkTarget is not null && !(onlyOut && LeadsInside(root, RealPath.TryOf(path))))
                return folder;
        }

        return null;
    }

    /// <summary>Whether a file that the system finds under a key has just this name, where names are found in other cases too. True when that cannot be told.</summary>
    public static bool HasName(string root, string key)
    {
        try
        {
            var path = root;
            foreach (var segment in key.Split('/'))
            {
                if (!new DirectoryInfo(path).EnumerateFileSystemInfos().Any(e => e.Name == segment))
                    return false;
                path = Path.Join(path, segment);
            }

            return true;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return true;
        }
    }

    /// <param name="root">The folder.</param>
    /// <param name="target">Where a link leads in truth, there or not; null when nowhere.</param>
    private static bool LeadsInside(string root, string? target) => target is not null && IsInside(RealPath.Of(root), target);

    private static string? SegmentProblem(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty)
            return "the key has an empty segment ('//')";
        if (segment is "..")
            return "the key has the segment '..' and would leave the folder";
        if (segment is ".")
            return "the key has the segment '.', and no file can have that name";
        if (segment.Contains('\0'))
            return "the key holds a NUL character";
        if (System.Text.Encoding.UTF8.GetByteCount(segment) > MaxNameBytes)
            return $"a segment of the key is longer than {MaxNameBytes} bytes";
        if (HasLoneSurrogate(segment))
            return "the key is not valid Unicode";
        return OperatingSystem.IsWindows() ? WindowsProblem(segment) : null;
    }

    private static string? WindowsProblem(ReadOnlySpan<char> segment)
    {
        if (segment.ContainsAny(WindowsForbidden) || segment.ContainsAnyInRange('\u0001', '\u001f'))
            return "the key holds a character that Windows does not allow in file names";
        if (segment[^1] is ' ' or '.')
            return "a segment of the key ends with a space or a dot, which Windows drops";
        var dot = segment.IndexOf('.');
        var stem = (dot < 0 ? segment : segment[..dot]).ToString();
        return WindowsDevices.Contains(stem, StringComparer.OrdinalIgnoreCase) ? $"'{stem}' is a device name on Windows" : null;
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0xFFFD && !text.Contains('\uFFFD'))
                return true;
        }

        return false;
    }

    private static bool IsInside(string root, string path) =>
        path.Length == root.Length ? path == root : path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
