using Microsoft.Win32.SafeHandles;

namespace Trainctl.Storage.Folder;

/// <summary>
/// A file that nobody but its owner reads while it is written, and that gets the rights of any new file when it is whole. File systems without such rights
/// leave it as it is.
/// </summary>
internal sealed class PrivateFile
{
    private readonly UnixFileMode _final;

    private PrivateFile(UnixFileMode final) => _final = final;

    /// <param name="handle">The file, just opened.</param>
    /// <param name="folder">Where to find out the rights of a new file; null when this one is new.</param>
    /// <returns>Null where there are no such rights.</returns>
    public static PrivateFile? TryMake(SafeFileHandle handle, string? folder)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var final = folder is null ? File.GetUnixFileMode(handle) : ForeignFile.NewFileMode(folder);
        return final is { } mode && TrySet(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite) ? new PrivateFile(mode) : null;
    }

    /// <summary>Makes a folder that nobody but its owner enters, with all above it, where it is not there yet.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Gives it the rights of any new file.</summary>
    public void Open(SafeFileHandle handle) => TrySet(handle, _final);

    private static bool TrySet(SafeFileHandle handle, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            File.SetUnixFileMode(handle, mode);
            return true;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return false;
        }
    }
}
