using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers;

/// <summary>
/// Runs a program to its end and asks the kernel what it took. A program that this process started itself would inherit this process's peak memory as its
/// own (Linux keeps the larger of the two over an exec), so a shell starts it and leaves it to this process as an orphan.
/// </summary>
internal static partial class MeteredProcess
{
    private const int SetChildSubreaper = 36;
    private const int Interrupted = 4;
    private const int KillSignal = 9;
    private const int SignalMask = 0x7f;

    /// <summary>The program begins at our word, when the shell is gone: one that ended before that would be the shell's to wait for.</summary>
    private const string Launch = """exec 3<&0; (read -r word <&3; exec 3<&-; exec "$@") >"$0.out" 2>"$0.err" </dev/null & echo $!""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static int running;

    /// <summary>Makes sure that what the kernel tells is the program's own: a program that does nothing has no megabytes of this process.</summary>
    /// <exception cref="PeerException">It is not.</exception>
    public static void Check(string folder)
    {
        var measured = Run(["/bin/sh", "-c", ":"], new Dictionary<string, string?>(), Path.Join(folder, "nothing"));
        if (measured.PeakBytes is not (> 0 and < 8 * 1024 * 1024))
            throw new PeerException($"A program that does nothing is said to have taken {measured.PeakBytes:#,0} bytes of memory: this system does not tell what a process takes.");
    }

    /// <summary>Runs it; standard output and standard error go to files.</summary>
    /// <param name="arguments">The program and what it is given.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    /// <param name="output">The files are named so, with <c>.out</c> and <c>.err</c> at the end.</param>
    /// <exception cref="PeerException">It could not be started, ended with an exit code other than 0, or did not end.</exception>
    public static Measurement Run(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, string output)
    {
        if (ProcessControl(SetChildSubreaper, 1, 0, 0, 0) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "This process cannot take orphans.");
        var start = new ProcessStartInfo("/bin/sh", ["-c", Launch, output, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(output)!,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var shell = Process.Start(start)!;
        running = int.Parse(shell.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        shell.WaitForExit();
        var begin = Stopwatch.GetTimestamp();
        shell.StandardInput.WriteLine();
        shell.StandardInput.Close();
        using var timeout = new Timer(static _ => Kill(), null, Patience, Timeout.InfiniteTimeSpan);
        var (status, usage) = Wait(running);
        var wall = Stopwatch.GetElapsedTime(begin);
        running = 0;
        if (status != 0)
            throw new PeerException($"{Path.GetFileName(arguments[0])} {string.Join(' ', arguments.Skip(1))} {HowItEnded(status)}: {Tail(output + ".err")}");
        return new Measurement(wall.TotalSeconds, usage.UserSeconds + usage.SystemSeconds, usage.PeakKibibytes * 1024);
    }

    /// <summary>Ends what is running, if anything is.</summary>
    public static void Kill()
    {
        if (running is var id and > 0)
            _ = Signal(id, KillSignal);
    }

    private static (int Status, ResourceUsage Usage) Wait(int id)
    {
        while (true)
        {
            if (Wait4(id, out var status, 0, out var usage) == id)
                return (status, usage);
            if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
                throw new Win32Exception(error, $"Process {id} cannot be waited for.");
        }
    }

    private static string HowItEnded(int status) => (status & SignalMask) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"ended with exit code {status >> 8}")
        : string.Create(CultureInfo.InvariantCulture, $"was ended by signal {status & SignalMask}");

    private static string Tail(string file)
    {
        var text = File.ReadAllText(file).Trim().ReplaceLineEndings(" ");
        return text.Length <= 400 ? text : "..." + text[^400..];
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static partial int Wait4(int id, out int status, int options, out ResourceUsage usage);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int id, int signal);

    /// <summary>As wait4(2) of 64-bit Linux has it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ResourceUsage
    {
        private const double Micro = 1e-6;

        private readonly long _userSeconds;
        private readonly long _userMicroseconds;
        private readonly long _systemSeconds;
        private readonly long _systemMicroseconds;
        private readonly long _peakKibibytes;
        private readonly Rest _rest;

        public double UserSeconds => _userSeconds + (_userMicroseconds * Micro);

        public double SystemSeconds => _systemSeconds + (_systemMicroseconds * Micro);

        public long PeakKibibytes => _peakKibibytes;

        [System.Runtime.CompilerServices.InlineArray(13)]
        private struct Rest
        {
            private long _first;
        }
    }
}
