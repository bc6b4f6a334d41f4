using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers;

/// <summary>Runs a program to its end and asks the kernel what it took.</summary>
internal static partial class MeteredProcess
{
    private const int Interrupted = 4;
    private const int KillSignal = 9;
    private const int SignalMask = 0x7f;

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
        using var process = OrphanProcess.Start(arguments, environment, output);
        running = process.Id;
        var machine = MachineTime.Now;
        var begin = Stopwatch.GetTimestamp();
        process.Begin();
        using var timeout = new Timer(static _ => Kill(), null, Patience, Timeout.InfiniteTimeSpan);
        var (status, usage) = Wait(running);
        var wall = Stopwatch.GetElapsedTime(begin);
        machine = MachineTime.Now - machine;
        running = 0;
        if (status != 0)
            throw new PeerException($"{Path.GetFileName(arguments[0])} {string.Join(' ', arguments.Skip(1))} {HowItEnded(status)}: {Tail(output + ".err")}");
        var cpu = usage.UserSeconds + usage.SystemSeconds;
        return new Measurement(wall.TotalSeconds, cpu, usage.PeakKibibytes * 1024) { OthersSeconds = Math.Max(0, machine.Busy - cpu), IdleSeconds = machine.Idle };
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
