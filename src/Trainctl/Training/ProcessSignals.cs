using System.Runtime.InteropServices;

namespace Trainctl.Training;

/// <summary>
/// Passes signals on to another process. Windows has none: what a console sends reaches all of its programs without our help, and there is no other polite way,
/// so there a program that does not end is killed.
/// </summary>
internal static partial class ProcessSignals
{
    // POSIX names these two numbers in kill(1): they are the same on all systems.
    private const int Sigint = 2;
    private const int Sigterm = 15;
    private const int StandardInput = 0;
    private const int StandardError = 2;

    /// <summary>Whether a program does not get it by itself.</summary>
    public static bool AreNeeded(StopSignal signal) => !OperatingSystem.IsWindows() && (signal == StopSignal.Terminate || !IsForegroundOfTerminal());

    /// <summary>Sends it. One that has just ended is no error.</summary>
    public static void Send(int processId, StopSignal signal) => _ = Kill(processId, signal == StopSignal.Terminate ? Sigterm : Sigint);

    /// <summary>Whether Ctrl-C reaches all that this process started: they have its process group, and a terminal sends it to that.</summary>
    private static bool IsForegroundOfTerminal()
    {
        var group = ProcessGroup();
        return ForegroundGroup(StandardInput) == group || ForegroundGroup(StandardError) == group;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int ProcessGroup();

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int ForegroundGroup(int descriptor);
}
