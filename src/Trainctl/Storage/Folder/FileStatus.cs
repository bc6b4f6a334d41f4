namespace Trainctl.Storage.Folder;

/// <summary>What the system finds at a path when it follows all links.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">In bytes; of a file.</param>
/// <param name="ModifiedAt">When its content was last written; UTC.</param>
internal readonly record struct FileStatus(FileKind Kind, long Size, DateTimeOffset ModifiedAt)
{
    /// <summary>Null where nothing is, links lead nowhere or in a circle, or the system does not tell. On Unix one call of the system.</summary>
    public static FileStatus? Of(string path) => OperatingSystem.IsWindows() ? OnWindows(new FileInfo(path)) : UnixFileStatus.Of(path);

    /// <summary>As the other one, of what a listing of its folder told, which on Windows tells all this.</summary>
    public static FileStatus? OfEntry(FileSystemInfo entry) => OperatingSystem.IsWindows() ? OnWindows(entry) : UnixFileStatus.Of(entry.FullName);

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

    /// <summary>A socket, a pipe or a device. Opening it could block for ever.</summary>
    Special,
}
