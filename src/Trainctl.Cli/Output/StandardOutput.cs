using System.Runtime.InteropServices;
using System.Text;
using Trainctl.Diagnostics;

namespace Trainctl.Cli.Output;

/// <summary>
/// Standard output that tells when its reader has gone. .NET's own takes whatever is written then for written, so a listing would go on for nobody, and a watch would take
/// events for told.
/// </summary>
internal static partial class StandardOutput
{
    private const int Number = 1;
    private const int StandardError = 2;

    /// <summary>Opens it. A person's terminal, and any output on Windows, is .NET's own.</summary>
    public static TextWriter Open()
    {
        var isClosed = !OperatingSystem.IsWindows() && IsClosed();
        // Writing to standard error needs it too, and must not be the first to open it when there are no more files to be had.
        var own = Console.Out;
        return OperatingSystem.IsWindows() || !Console.IsOutputRedirected
            ? own
            : TextWriter.Synchronized(new StreamWriter(new Descriptor(isClosed), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
    }

    /// <summary>Whether there is none. Numbers of standard streams that are free are taken, as the next file would get one, and what is said would be written into it.</summary>
    private static bool IsClosed()
    {
        const int ReadWrite = 2;
        const int CloseOnExec = 0x10;
        var isClosed = false;
        nint descriptor;
        while ((descriptor = OpenFile("/dev/null", ReadWrite | CloseOnExec, 0)) is >= 0 and <= StandardError)
            isClosed |= descriptor == Number;
        if (descriptor >= 0)
            _ = CloseFile(descriptor);
        return isClosed;
    }

    // The shim behind System.IO (dotnet/runtime: src/native/libs/System.Native/pal_io.h): flags have the same values on all Unix systems.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint OpenFile(string path, int flags, int mode);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseFile(nint descriptor);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    /// <summary>write(2) to standard output, whoever else writes there.</summary>
    private sealed class Descriptor(bool isClosed) : Stream
    {
        private const int Interrupted = 4;
        private const int BrokenPipe = 32;
        private static readonly int TryAgain = OperatingSystem.IsLinux() ? 11 : 35;
        private static readonly TimeSpan UntilThereIsRoom = TimeSpan.FromMilliseconds(5);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (isClosed && !buffer.IsEmpty)
                throw new OutputFailedException("it is closed");
            while (!buffer.IsEmpty)
            {
                var written = StandardOutput.Write(Number, buffer, buffer.Length);
                if (written >= 0)
                {
                    buffer = buffer[(int)written..];
                    continue;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error == BrokenPipe)
                    throw new OutputClosedException();
                // Another process may have set the pipe so that it does not wait for room.
                if (error == TryAgain)
                    Thread.Sleep(UntilThereIsRoom);
                else if (error != Interrupted)
                    throw new OutputFailedException(Marshal.GetPInvokeErrorMessage(error));
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>Whoever read standard output has gone: there is nobody to work for.</summary>
#pragma warning disable CA1032 // Implement standard exception constructors: there is nothing else to say
internal sealed class OutputClosedException() : Exception("Standard output is read by nobody any more.")
#pragma warning restore CA1032
{
    /// <summary>What a shell tells of a program that such a pipe has ended: 128 and SIGPIPE.</summary>
    public const int ExitCode = 141;
}

/// <summary>Standard output cannot be written, as on a full disk.</summary>
#pragma warning disable CA1032 // Implement standard exception constructors: there is nothing else to say
internal sealed class OutputFailedException(string problem, int exitCode = ErrorCatalog.StoreFailure) : Exception($"Standard output cannot be written: {problem}.")
#pragma warning restore CA1032
{
    /// <summary>Of the run: what it did may have failed as well, which says more.</summary>
    public int ExitCode => exitCode;

    /// <summary>The same at the end of a run.</summary>
    public OutputFailedException AtEnd(int exitCodeOfRun) =>
        new($"{problem}. The operation has ended, and only what it has to say is lost", exitCodeOfRun == ErrorCatalog.Success ? exitCode : exitCodeOfRun);
}
