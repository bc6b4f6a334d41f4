namespace Trainctl.Storage.Folder;

/// <summary>How much room a file gets on its disk before its first byte comes, so that one that does not fit fails at once.</summary>
internal static class Reservation
{
    /// <summary>Looking at smaller files costs more than it saves.</summary>
    private const long Considerable = 1024 * 1024;

    /// <summary>
    /// All of it; on a tmpfs none where it fits, because there reserving is to write zeros, which one thread would do while everybody waits: 0.2 s for 1 GiB.
    /// </summary>
    /// <param name="folder">Where the file will be. It exists.</param>
    /// <param name="size">How large the file will be.</param>
    public static long For(string folder, long size)
    {
        if (size < Considerable || !OperatingSystem.IsLinux())
            return size;
        try
        {
            var disk = new DriveInfo(folder);
            return disk.DriveFormat == "tmpfs" && disk.AvailableFreeSpace >= size ? 0 : size;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return size;
        }
    }
}
