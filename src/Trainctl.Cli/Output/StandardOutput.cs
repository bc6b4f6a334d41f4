using System.Runtime.InteropServices;
using System.Text;

namespace Trainctl.Cli.Output;

/// <summary>
/// Standard output that tells when its reader has gone. .NET's own takes whatever is written then for written, so a listing would go on for nobody, and a watch would take
/// events for told.
/// </summary>
internal static partial class StandardOutput
{
    /// <summary>Opens it. A person's terminal, and any output on Windows, is .NET's own.</summary>
    public static TextWriter Open()
    {
        // Writing to standard error needs it too, and must not be the first to open it when there are no more files to be had.
        var own = Console.Out;
        return OperatingSystem.IsWindows() || !Console.IsOutputRedirected
            ? own
            : TextWriter.Synchronized(new StreamWriter(new Descriptor(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    /// <summary>write(2) to standard output, whoever else writes there.</summary>
    private sealed class Descriptor : Stream
    {
        private const int Number = 1;
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
                    throw new IOException($"Standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.");
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
