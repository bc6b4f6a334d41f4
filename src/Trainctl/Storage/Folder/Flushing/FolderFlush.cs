using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trainctl.Storage.Folder.Flushing;

/// <summary>Brings a folder's names to the disk: without it, a loss of power can undo a renaming though the file's bytes are safe.</summary>
internal static partial class FolderFlush
{
    private const int CloseOnExec = 0x10;

    /// <summary>
    /// Brings the names in folders, and in those above them up to the one that the root is in, to the disk: they may all be new. Each folder once.
    /// </summary>
    public static void FlushBelow(string root, params IEnumerable<string> folders)
    {
        foreach (var folder in folders.SelectMany(f => WithThoseAbove(f, root)).Distinct(StringComparer.Ordinal))
            Flush(folder);
    }

    /// <summary>Does what the system lets be done. Windows keeps names in its journal, and some file systems refuse: neither is a failure.</summary>
    /// <exception cref="IOException">The disk has not all of the names.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, CloseOnExec, 0);
        if (descriptor < 0)
            return;
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        FileFlush.NamesToDisk(handle);
    }

    private static IEnumerable<string> WithThoseAbove(string folder, string root)
    {
        for (string? path = folder; path is not null; path = Path.GetDirectoryName(path))
        {
            yield return path;
            if (path.Length < root.Length)
                yield break;
        }
    }

    // The shim behind System.IO (dotnet/runtime: src/native/libs/System.Native/pal_io.h), because File.OpenHandle refuses folders.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Open(string path, int flags, int mode);
}
