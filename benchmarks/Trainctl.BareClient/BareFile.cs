using System.Runtime.InteropServices;

namespace Trainctl.BareClient;

/// <summary>Files by the kernel's own calls: .NET asks for their kind and locks them besides.</summary>
internal sealed partial class BareFile : IDisposable
{
    private const int Write = 1;
    private const int Create = 0x40;
    private const int NormalRights = 0x1A4;

    private readonly int _descriptor;
    private readonly string _path;

    private BareFile(string path, int flags)
    {
        _path = path;
        _descriptor = Open(path, flags, NormalRights);
        if (_descriptor < 0)
            throw Failure();
    }

    public static BareFile ToRead(string path) => new(path, 0);

    public static BareFile ToWrite(string path) => new(path, Write | Create);

    public void ReadAt(long offset, Span<byte> content)
    {
        while (!content.IsEmpty)
        {
            var count = PRead(_descriptor, ref MemoryMarshal.GetReference(content), content.Length, offset);
            if (count <= 0)
                throw Failure();
            content = content[(int)count..];
            offset += count;
        }
    }

    public void WriteAt(long offset, ReadOnlySpan<byte> content)
    {
        if (PWrite(_descriptor, ref MemoryMarshal.GetReference(content), content.Length, offset) != content.Length)
            throw Failure();
    }

    public void Dispose() => _ = Close(_descriptor);

    private IOException Failure() => new($"'{_path}': {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int rights);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint PRead(int descriptor, ref byte content, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PWrite(int descriptor, ref byte content, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
