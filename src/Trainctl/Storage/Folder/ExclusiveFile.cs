namespace Trainctl.Storage.Folder;

/// <summary>A file that one process at a time has open, told by the operating system, so that it is free again when the process dies.</summary>
internal static class ExclusiveFile
{
    /// <summary>
    /// Opens it for this process alone; null when somebody else has it, nothing here can tell whether somebody has, or it is a link to something else.
    /// </summary>
    public static FileStream? TryOpen(string path, FileMode mode)
    {
        if (new FileInfo(path).LinkTarget is not null || TryLock(path, mode) is not { } file)
            return null;
        // It may have been deleted by its last owner between being opened and being locked. And some file systems grant a lock to everybody, as Lustre
        // does where it is mounted so: not even two handles of one process keep each other out there.
        var second = TryLock(path, FileMode.Open);
        if (second is null && File.Exists(path))
            return file;
        second?.Dispose();
        file.Dispose();
        return null;
    }

    /// <summary>Deletes a file that is held, before anybody else can have it where the system lets that be.</summary>
    public static void Delete(string path, FileStream file)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                file.Dispose();
            File.Delete(path);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // It is found and removed later.
        }
        finally
        {
            file.Dispose();
        }
    }

    private static FileStream? TryLock(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(path, options);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return null;
        }
    }

    /// <summary>EWOULDBLOCK of Linux, and of macOS and the BSDs; ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.</summary>
    private static bool IsHeld(IOException exception) => OperatingSystem.IsWindows()
        ? (exception.HResult & 0xFFFF) is 32 or 33
        : exception.HResult is 11 or 35;
}
