using System.ComponentModel;
using System.Diagnostics;

namespace Trainctl.Training;

/// <summary>
/// What the shells of a training run, on Linux; elsewhere none. A shell passes no signal on, and ends of SIGTERM at once, so that what it runs goes on alone. Other
/// programs are left to answer for what they start: launchers pass signals on, and a worker that got one would die under the training that saves because of the same.
/// What has made a session of its own wants to be left alone too. Not safe to use from many threads.
/// </summary>
internal sealed class ShellPrograms
{
    /// <summary>Looks for which what reads another program's output may go on without that, to write the rest of it.</summary>
    private const int LooksForTheRest = 10;

    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "busybox"];

    private readonly List<LinuxProcess> _programs = [];
    private readonly Dictionary<LinuxProcess, int> _readers = [];
    private readonly HashSet<LinuxProcess> _told = [];

    /// <summary>Whether one of those that were found has not ended.</summary>
    public bool AreRunning => _programs.Exists(static p => p.IsAlive);

    /// <summary>Looks for them, which has to be done while the shell lives: nothing tells afterwards what it has run.</summary>
    public void Find(int shellId)
    {
        if (!OperatingSystem.IsLinux() || LinuxProcess.Read(shellId) is not { } root)
            return;
        var children = LinuxProcess.All().Where(p => p.Session == root.Session).ToLookup(static p => p.ParentId);
        var shells = new Queue<LinuxProcess>([root]);
        while (shells.TryDequeue(out var shell))
        {
            if (!Shells.Contains(shell.Program))
                continue;
            foreach (var child in children[shell.Id])
            {
                if (!_programs.Contains(child))
                    _programs.Add(child);
                shells.Enqueue(child);
            }
        }
    }

    /// <summary>Sends it to all, as a terminal does.</summary>
    public void SendToAll(StopSignal signal)
    {
        foreach (var program in _programs.Where(static p => p.IsAlive))
            ProcessSignals.Send(program.Id, signal);
    }

    /// <summary>
    /// To be called again and again when the training's own process has ended: sends SIGTERM, once, to each whose shell is gone. What reads the output of
    /// another one (<c>tee</c>) ends with that, and would take its output away from it.
    /// </summary>
    public void EndOrphans()
    {
        var alive = _programs.Where(static p => p.IsAlive).ToArray();
        foreach (var program in alive.Where(p => !_told.Contains(p) && !alive.Any(shell => shell.Id == p.ParentId)))
        {
            if (IsFed(program, alive))
                _readers[program] = LooksForTheRest;
            else if (_readers.TryGetValue(program, out var looks) && looks > 0)
                _readers[program] = looks - 1;
            else if (_told.Add(program))
                ProcessSignals.Send(program.Id, StopSignal.Terminate);
        }
    }

    /// <exception cref="Win32Exception">One is not ours to kill.</exception>
    public void Kill()
    {
        foreach (var program in _programs.Where(static p => p.IsAlive))
        {
            try
            {
                using var process = Process.GetProcessById(program.Id);
                process.Kill(entireProcessTree: true);
            }
            catch (ArgumentException)
            {
                // It ended meanwhile.
            }
        }
    }

    private static bool IsFed(LinuxProcess program, LinuxProcess[] others) =>
        program.Stream(0) is { } input && input.StartsWith("pipe:", StringComparison.Ordinal)
        && others.Any(other => other != program && (other.Stream(1) == input || other.Stream(2) == input));
}
