using System.Runtime.InteropServices;

namespace Trainctl.Training.Publishing;

/// <summary>A second name for a file: its content stays as long as one of them does.</summary>
internal static partial class HardLink
{
    /// <summary>False where the file has gone, or the file system or its rights allow no link.</summary>
    public static bool TryCreate(string file, string link) =>
        OperatingSystem.IsWindows() ? CreateHardLink(link, file, 0) : Link(file, link) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string link);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string link, string file, nint security);
}
