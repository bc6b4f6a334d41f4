using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>The one place where file system errors get their names.</summary>
internal static class FolderErrors
{
    // Windows codes are HRESULTs of ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL; Unix passes errno through.
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);
    private const int NoSpaceUnix = 28;

    public static TrainctlException Reading(string path, Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new(TrainctlError.ObjectNotFound, $"Reading '{path}' failed: there is no such file.", path, cause),
        UnauthorizedAccessException =>
            new(TrainctlError.AccessDenied, $"Reading '{path}' failed: permission denied. Give this user read access to it.", path, cause),
        _ => new(TrainctlError.ReadFailed, $"Reading '{path}' failed: {Sentence(cause)}", path, cause),
    };

    public static TrainctlException Writing(string path, Exception cause) => cause switch
    {
        UnauthorizedAccessException => new(
            TrainctlError.AccessDenied,
            $"Writing '{path}' failed: permission denied or a read-only file system. Give this user write access to the folder, or choose another.",
            path,
            cause),
        IOException io when IsDiskFull(io) => new(
            TrainctlError.WriteFailed,
            $"Writing '{path}' failed: the disk is full. Free some space and run again; what is done will not be done twice.",
            path,
            cause),
        _ => new(TrainctlError.WriteFailed, $"Writing '{path}' failed: {Sentence(cause)}", path, cause),
    };

    public static bool IsFileSystemError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    private static bool IsDiskFull(IOException exception) =>
        exception.HResult is DiskFullWindows or HandleDiskFullWindows or NoSpaceUnix
        || exception.Message.Contains("No space left", StringComparison.Ordinal)
        // What .NET says, and gives no number, when the space for a new file cannot be had.
        || exception.Message.Contains("disk was full", StringComparison.Ordinal);

    private static string Sentence(Exception cause) => cause.Message.EndsWith('.') ? cause.Message : cause.Message + ".";
}
