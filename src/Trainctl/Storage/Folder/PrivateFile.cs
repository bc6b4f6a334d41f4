using Microsoft.Win32.SafeHandles;

namespace Trainctl.Storage.Folder;

/// <summary>
/// A file that nobody but its owner can open from its first moment on, and that gets the rights of any new file when it is whole. File systems without such
/// rights leave it as it is.
/// </summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file, which must not be there yet.</summary>
    /// <param name="path">Where.</param>
    /// <param name="room">Bytes to reserve on the disk; 0 for none.</param>
    public static FileStream Create(string path, long room)
    {
        var options = Options(FileMode.CreateNew);
        options.PreallocationSize = room;
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    /// <summary>Opens one that is there, whoever made it, and takes it from everybody else.</summary>
    public static FileStream Open(string path)
    {
        var file = new FileStream(path, Options(FileMode.Open));
        TrySetMode(file.SafeFileHandle, OwnerOnly);
        return file;
    }

    /// <summary>Makes a folder that nobody but its owner enters, with all above it, where it is not there yet.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Gives a file its rights where the file system has such.</summary>
    public static void TrySetMode(SafeFileHandle handle, UnixFileMode? mode)
    {
        if (OperatingSystem.IsWindows() || mode is not { } rights)
            return;
        try
        {
            File.SetUnixFileMode(handle, rights);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // They stay as the file system made them.
        }
    }

    private static FileStreamOptions Options(FileMode mode) => new()
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.Read,
        Options = FileOptions.Asynchronous,
        BufferSize = 0,
    };
}
