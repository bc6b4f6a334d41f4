namespace Trainctl.Storage.Folder;

/// <summary>What the system finds at a path.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">In bytes; of a file.</param>
/// <param name="ModifiedAt">When its content was last written; UTC.</param>
internal readonly record struct FileStatus(FileKind Kind, long Size, DateTimeOffset ModifiedAt)
{
    /// <summary>After following links; null where nothing is, and where links lead nowhere or in a circle. On Unix one call of the system.</summary>
    /// <exception cref="IOException">The system does not tell; also the other errors of file systems. .NET calls that absent too (<see cref="FileSystemInfo.Exists"/>).</exception>
    public static FileStatus? Of(string path) => OperatingSystem.IsWindows() ? OnWindows(new FileInfo(path)) : UnixFileStatus.Of(path);

    /// <summary>Whether nothing is there after following links; false also when the system does not tell.</summary>
    public static bool IsAbsent(string path) => TryOf(path, out var status) && status is null;

    /// <summary>As <see cref="Of"/>; false when the system does not tell.</summary>
    public static bool TryOf(string path, out FileStatus? status)
    {
        try
        {
            status = Of(path);
            return true;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            status = null;
            return false;
        }
    }

    /// <summary>As the other one, of what a listing of its folder told, which on Windows tells all this.</summary>
    public static FileStatus? OfEntry(FileSystemInfo entry) => OperatingSystem.IsWindows() ? OnWindows(entry) : UnixFileStatus.Of(entry.FullName);

    /// <summary>As <see cref="Of"/>, of what has the name itself: a link is not followed.</summary>
    public static FileStatus? OfName(string path)
    {
        if (!OperatingSystem.IsWindows())
            return UnixFileStatus.OfName(path);
        var entry = new FileInfo(path);
        return entry.LinkTarget is null ? OnWindows(entry) : new FileStatus(FileKind.Link, 0, new DateTimeOffset(entry.LastWriteTimeUtc, TimeSpan.Zero));
    }

    private static FileStatus? OnWindows(FileSystemInfo entry)
    {
        var file = entry is FileInfo { LinkTarget: null } plain ? plain : new FileInfo(RealPath.Of(entry.FullName));
        if (file.Exists)
            return new FileStatus(FileKind.File, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
        return Directory.Exists(file.FullName) ? new FileStatus(FileKind.Folder, 0, default) : null;
    }
}

internal enum FileKind
{
    File,
    Folder,
    Link,

    /// <summary>A socket, a pipe or a device. Opening it could block for ever.</summary>
    Special,
}
