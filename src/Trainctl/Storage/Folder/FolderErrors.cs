using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>The one place where file system errors get their names.</summary>
internal static class FolderErrors
{
    // Windows codes are HRESULTs of ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL; Unix passes errno through.
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);
    private const int NoSpaceUnix = 28;
    private const int TooManyOpenFilesUnix = 24;

    private const string OutOfHandles = "this process may not open more files. Raise the limit ('ulimit -n'), or lower Concurrency, and run again.";

    public static TrainctlException Reading(string path, Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new(TrainctlError.ObjectNotFound, $"Reading '{path}' failed: there is no such file.", path, cause),
        UnauthorizedAccessException =>
            new(TrainctlError.AccessDenied, $"Reading '{path}' failed: permission denied. Give this user read access to it.", path, cause),
        IOException io when IsOutOfHandles(io) => new(TrainctlError.ReadFailed, $"Reading '{path}' failed: {OutOfHandles}", path, cause),
        _ => new(TrainctlError.ReadFailed, $"Reading '{path}' failed: {Sentence(cause)}", path, cause),
    };

    /// <summary>Of a special file, whose length of zero says nothing.</summary>
    public static TrainctlException NoContent(string path) =>
        new(TrainctlError.ReadFailed, $"Reading '{path}' failed: it is a socket, a pipe or a device. Name a file.", path);

    /// <summary>Of a file that claims to be empty and has content.</summary>
    public static TrainctlException UnknownLength(string path) => new(
        TrainctlError.ReadFailed, $"Reading '{path}' failed: its file system says that it is empty, and it is not. Copy it to a disk with 'cat', and name that.", path);

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
        IOException io when IsOutOfHandles(io) => new(TrainctlError.WriteFailed, $"Writing '{path}' failed: {OutOfHandles}", path, cause),
        ArgumentOutOfRangeException => new(
            TrainctlError.WriteFailed,
            $"Writing '{path}' failed: its file system, or the limit of this process ('ulimit -f'), allows no file so large. Choose another folder, or raise the limit.",
            path,
            cause),
        _ => new(TrainctlError.WriteFailed, $"Writing '{path}' failed: {Sentence(cause)}", path, cause),
    };

    public static bool IsFileSystemError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    /// <summary>
    /// Whether writing failed, where what is written and where are known to make sense: of a file that becomes too large (EFBIG) .NET says that an argument is out of
    /// range (dotnet/runtime: src/libraries/Common/src/Interop/Unix/Interop.IOErrors.cs).
    /// </summary>
    public static bool IsWriteError(Exception exception) => exception is ArgumentOutOfRangeException || IsFileSystemError(exception);

    /// <summary>Whether a write failed for lack of room.</summary>
    public static bool IsDiskFull(TrainctlException failure) => failure.InnerException is IOException cause && IsDiskFull(cause);

    private static bool IsDiskFull(IOException exception) =>
        exception.HResult is DiskFullWindows or HandleDiskFullWindows or NoSpaceUnix
        || exception.Message.Contains("No space left", StringComparison.Ordinal)
        // File.OpenHandle with a size that does not fit has no code of its own (dotnet/runtime: SafeFileHandle.Unix.cs, IO_DiskFull_Path_AllocationSize).
        || exception.Message.Contains("the disk was full", StringComparison.Ordinal);

    private static bool IsOutOfHandles(IOException exception) => !OperatingSystem.IsWindows()
        && (exception.HResult == TooManyOpenFilesUnix || exception.Message.StartsWith("Too many open files", StringComparison.Ordinal));

    private static string Sentence(Exception cause) => cause.Message.EndsWith('.') ? cause.Message : cause.Message + ".";
}
