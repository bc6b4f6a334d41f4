namespace Trainctl.Storage.Folder;

/// <summary>Tells a file or folder from all others, whatever path leads to it: through links, or through a mount of another folder (mount --bind).</summary>
/// <param name="Device">Number of the file system.</param>
/// <param name="Inode">Number in it. Free for another file once nothing leads to this one any more.</param>
internal readonly record struct FileIdentity(long Device, long Inode)
{
    /// <summary>After following links; null where there is nothing, and on Windows, which is not asked.</summary>
    public static FileIdentity? Of(string path) => OperatingSystem.IsWindows() ? null : UnixFileStatus.IdentityOf(path);

    /// <summary>
    /// Of a folder. The separator at the end has the system mount what is mounted when it is entered (autofs, shares in shares of NFS); without it, it tells of the
    /// place, which is another folder a moment later.
    /// </summary>
    public static FileIdentity? OfFolder(string path) =>
        OperatingSystem.IsWindows() ? null : UnixFileStatus.IdentityOf(Path.EndsInDirectorySeparator(path) ? path : path + Path.DirectorySeparatorChar);

    /// <summary>Whether two paths lead to one file or folder. Two hard links to a file are one. False where there is nothing.</summary>
    public static bool AreSame(string path, string other)
    {
        if (OperatingSystem.IsWindows())
            return Path.Exists(path) && string.Equals(RealPath.Of(path), RealPath.Of(other), StringComparison.OrdinalIgnoreCase);
        return Of(path) is { } identity && identity == Of(other);
    }
}
