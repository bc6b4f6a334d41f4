using System.Runtime.InteropServices;

namespace Trainctl.Storage.Folder;

/// <summary>Asks the runtime's own native shim for what no public API of .NET tells of a file: its type, which one it is, what a link leads to, and why nothing was found.</summary>
internal static partial class UnixFileStatus
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int SymbolicLink = 0xA000;

    // The same on Linux and macOS.
    private const int NotPermitted = 1;
    private const int NotFound = 2;
    private const int AccessDenied = 13;
    private const int NotInAFolder = 20;

    private static readonly int LinkCircle = OperatingSystem.IsLinux() ? 40 : 62;
    private static readonly int NameTooLong = OperatingSystem.IsLinux() ? 36 : 63;

    /// <inheritdoc cref="FileStatus.Of"/>
    public static FileStatus? Of(string path) => Stat(path, out var status) == 0 ? Describe(status) : NothingOrThrow();

    /// <inheritdoc cref="FileStatus.OfName"/>
    public static FileStatus? OfName(string path) => LStat(path, out var status) == 0 ? Describe(status) : NothingOrThrow();

    private static FileStatus Describe(NativeStatus status)
    {
        var kind = (status.Mode & TypeMask) switch
        {
            RegularFile => FileKind.File,
            Folder => FileKind.Folder,
            SymbolicLink => FileKind.Link,
            _ => FileKind.Special,
        };
        // As .NET rounds, whose times of files they are compared with.
        var time = DateTimeOffset.FromUnixTimeSeconds(status.ModificationTime).AddTicks(status.ModificationTimeNanoseconds / TimeSpan.NanosecondsPerTick);
        return new FileStatus(kind, status.Size, time);
    }

    private static FileStatus? NothingOrThrow()
    {
        var error = Marshal.GetLastPInvokeError();
        if (error is NotFound or NotInAFolder || error == LinkCircle || error == NameTooLong)
            return null;
        var message = Marshal.GetPInvokeErrorMessage(error);
        throw error is NotPermitted or AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }

    /// <summary>Whether something is there that is no folder, a link that leads nowhere too. True when the system does not let anybody see.</summary>
    public static bool MayBeFile(string path)
    {
        if (LStat(path, out var status) != 0)
            return Marshal.GetLastPInvokeError() is not (NotFound or NotInAFolder);
        return (status.Mode & TypeMask) switch
        {
            Folder => false,
            SymbolicLink => Stat(path, out var target) != 0 || (target.Mode & TypeMask) != Folder,
            _ => true,
        };
    }

    /// <summary>Which file or folder it is, after following links; null when none can be seen.</summary>
    public static FileIdentity? IdentityOf(string path) => Stat(path, out var status) == 0 ? new FileIdentity(status.Device, status.Inode) : null;

    // The shim behind System.IO (dotnet/runtime: src/native/libs/System.Native/pal_io.h, struct FileStatus): the same layout on all Unix systems.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Stat(string path, out NativeStatus status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LStat(string path, out NativeStatus status);

    [StructLayout(LayoutKind.Sequential)]
    private struct NativeStatus
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
