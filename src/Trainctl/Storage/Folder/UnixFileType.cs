using System.Runtime.InteropServices;

namespace Trainctl.Storage.Folder;

/// <summary>Asks the runtime's own native shim for a file's type, which no public API of .NET tells.</summary>
internal static partial class UnixFileType
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>Whether the path is something else than a regular file, after following links.</summary>
    public static bool IsSpecial(string path)
    {
        var status = default(FileStatus);
        return Stat(path, out status) == 0 && (status.Mode & TypeMask) != RegularFile;
    }

    // The shim behind System.IO (dotnet/runtime: src/native/libs/System.Native/pal_io.h, struct FileStatus): the same layout on all Unix systems.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Stat(string path, out FileStatus status);

    [StructLayout(LayoutKind.Sequential)]
    private struct FileStatus
    {
        public int Flags;
        public int Mode;
        public uint Uid;
        public uint Gid;
        public long Size;
        public long AccessTime;
        public long AccessTimeNanoseconds;
        public long ModificationTime;
        public long ModificationTimeNanoseconds;
        public long StatusChangeTime;
        public long StatusChangeTimeNanoseconds;
        public long BirthTime;
        public long BirthTimeNanoseconds;
        public long Device;
        public long RealDevice;
        public long Inode;
        public uint UserFlags;
        public int HardLinkCount;
    }
}
