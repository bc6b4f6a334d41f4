using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Trainctl.Benchmarks.Peers;

/// <summary>
/// A program that a shell has started and left to this process as an orphan. One that this process started itself would inherit its peak memory as its own
/// (Linux keeps the larger of the two over an exec), and .NET would wait for it too, and perhaps first.
/// </summary>
internal sealed partial class OrphanProcess : IDisposable
{
    private const int SetChildSubreaper = 36;

    /// <summary>The program begins at our word, when the shell is gone: one that ended before that would be the shell's to wait for.</summary>
    private const string Launch = """exec 3<&0; (read -r word <&3; exec 3<&-; exec "$@") >"$0.out" 2>"$0.err" </dev/null & echo $!""";

    private readonly Process _shell;

    private OrphanProcess(Process shell, int id)
    {
        _shell = shell;
        Id = id;
    }

    public int Id { get; }

    /// <summary>Prepares a program, which waits for <see cref="Begin"/>.</summary>
    /// <param name="arguments">The program and what it is given.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    /// <param name="output">Files with what it writes are named so, with <c>.out</c> and <c>.err</c> at the end.</param>
    public static OrphanProcess Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, string output)
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

        var shell = Process.Start(start)!;
        var id = int.Parse(shell.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        shell.WaitForExit();
        return new OrphanProcess(shell, id);
    }

    public void Begin()
    {
        _shell.StandardInput.WriteLine();
        _shell.StandardInput.Close();
    }

    public void Dispose() => _shell.Dispose();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);
}
