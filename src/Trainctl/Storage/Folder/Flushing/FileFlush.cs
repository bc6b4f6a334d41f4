using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trainctl.Storage.Folder.Flushing;

/// <summary>
/// Brings files and folders to the disk, and tells when the disk has not taken them. <see cref="RandomAccess.FlushToDisk"/> and <see cref="FileStream.Flush(bool)"/> tell
/// nothing of it on Unix: the shim below them answers 1 for a failure, and they look for -1 (dotnet/runtime: src/native/libs/System.Native/pal_io.c, SystemNative_FSync).
/// </summary>
internal static partial class FileFlush
{
    private const uint StartOnly = 2;
    private const int Interrupted = 4;
    private const int IOError = 5;
    private const int InvalidArgument = 22;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;

    private static readonly int NotSupported = OperatingSystem.IsLinux() ? 95 : 45;
    private static readonly int QuotaExceeded = OperatingSystem.IsLinux() ? 122 : 69;

    /// <summary>
    /// Lets the system begin to write a part of a file to the disk without waiting for it, so that the flush finds little left. A hint: where there is no
    /// such call, nothing is lost.
    /// </summary>
    /// <param name="handle">The file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">In bytes; 0 for all that follows.</param>
    public static void Start(SafeFileHandle handle, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
            _ = SyncFileRange(handle, offset, length, StartOnly);
    }

    /// <summary>Waits until the file is on the disk.</summary>
    /// <exception cref="IOException">The disk has not all of it. What is read from the file may still look right, and be lost later.</exception>
    public static void ToDisk(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
            RandomAccess.FlushToDisk(file);
        else if (FSync(file) != 0)
            // Of files that cannot be flushed .NET says nothing either.
            ThrowUnless(static error => error == InvalidArgument || error == ReadOnlyFileSystem || error == NotSupported);
    }

    /// <summary>Waits until the names in a folder are on the disk. Not every file system and not every user can do that; only a disk that has not taken them is a failure.</summary>
    /// <param name="descriptor">Of the open folder.</param>
    /// <exception cref="IOException">The disk has not all of them.</exception>
    public static void NamesToDisk(SafeFileHandle descriptor)
    {
        if (FSync(descriptor) != 0)
            ThrowUnless(static error => error != IOError && error != NoSpace && error != QuotaExceeded);
    }

    /// <summary>
    /// Asks the system what it would say of closing the file: file systems over a network send the last bytes then, and tell only now, and only whoever wrote
    /// them, of those that were refused (close(2), NFS and FUSE). .NET does not pass that on.
    /// </summary>
    /// <exception cref="IOException">Some of what was written was not taken.</exception>
    public static void ThrowIfRefused(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
            return;
        var copy = Duplicate(file);
        if (copy < 0)
            ToDisk(file);
        else if (Close(copy) != 0)
            ThrowUnless(static error => error == Interrupted);
    }

    private static void ThrowUnless(Predicate<int> isHarmless)
    {
        var error = Marshal.GetLastPInvokeError();
        if (!isHarmless(error))
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    // sync_file_range(2), SYNC_FILE_RANGE_WRITE.
    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(SafeFileHandle handle, long offset, long length, uint flags);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_FSync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Duplicate(SafeFileHandle file);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(nint descriptor);
}
