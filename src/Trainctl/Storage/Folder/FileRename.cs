using System.Runtime.InteropServices;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>What became of giving a file another name.</summary>
internal enum RenameResult
{
    Done,

    /// <summary>Something else has the name.</summary>
    Taken,

    /// <summary>The name is on another device, so the file would have to be copied there.</summary>
    OtherDevice,
}

/// <summary>Gives a file another name. Copies nothing, but on Windows, where the system does so by itself.</summary>
internal static partial class FileRename
{
    private const int WorkingDirectory = -100;
    private const uint NoReplace = 1;

    // errno: the same on Linux, macOS and the BSDs, but for the last one, which is of Linux.
    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int Exists = 17;
    private const int CrossDevice = 18;
    private const int InvalidArgument = 22;
    private const int ReadOnly = 30;
    private const int NotImplemented = 38;

    /// <summary>Never takes the name of another file.</summary>
    /// <exception cref="IOException">It is gone, or the system refused; also the other errors of file systems.</exception>
    public static RenameResult TryRename(string path, string target)
    {
        if (OperatingSystem.IsWindows())
            return TryMove(path, target);
        var error = OperatingSystem.IsLinux() ? RenameAtOnce(path, target) : InvalidArgument;

        // Some file systems, NFS among them, know of no such condition.
        if (error is InvalidArgument or NotImplemented)
            error = IsTaken(target) ? Exists : Rename(path, target) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error switch
        {
            0 => RenameResult.Done,
            Exists => RenameResult.Taken,
            CrossDevice => RenameResult.OtherDevice,
            NoEntry when Path.Exists(path) => throw new DirectoryNotFoundException(Marshal.GetPInvokeErrorMessage(error)),
            NoEntry => throw new FileNotFoundException(Marshal.GetPInvokeErrorMessage(error), path),
            NotPermitted or AccessDenied or ReadOnly => throw new UnauthorizedAccessException(Marshal.GetPInvokeErrorMessage(error)),
            _ => throw new IOException(Marshal.GetPInvokeErrorMessage(error), error),
        };
    }

    /// <summary>Gives a whole file its name, in the place of a file that has it.</summary>
    /// <exception cref="TrainctlException">The name is that of a socket, a pipe or a device by now.</exception>
    /// <exception cref="IOException">It cannot be done; also the other errors of file systems.</exception>
    public static void Replace(string temporaryPath, string path, string key)
    {
        if (SpecialFile.KindOf(path) == FileKind.Special)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored as '{path}': {SpecialFile.InTheWay}.", key);
        // .NET looks at the file that is there for certain, where this has looked at the other: as many calls for each of many small files. What failed it names.
        if (OperatingSystem.IsWindows() || Rename(temporaryPath, path) != 0)
            File.Move(temporaryPath, path, overwrite: true);
    }

    /// <summary>Whether anything has a name, a link that leads nowhere too.</summary>
    public static bool IsTaken(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static RenameResult TryMove(string path, string target)
    {
        try
        {
            File.Move(path, target, overwrite: false);
            return RenameResult.Done;
        }
        catch (IOException) when (IsTaken(target) && File.Exists(path))
        {
            return RenameResult.Taken;
        }
    }

    /// <returns>0, or why not.</returns>
    private static int RenameAtOnce(string path, string target)
    {
        try
        {
            return RenameAt(WorkingDirectory, path, WorkingDirectory, target, NoReplace) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            return NotImplemented;
        }
    }

    // renameat2(2), RENAME_NOREPLACE.
    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RenameAt(int folder, string path, int targetFolder, string target, uint flags);

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(string path, string target);
}
