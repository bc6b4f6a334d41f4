using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trainctl.Cli.Tests;

/// <summary>The installed tool while it runs: lines as they come, and real signals.</summary>
internal sealed partial class RunningTool : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private RunningTool(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    public static RunningTool Start(string folder, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(InstalledTool.Command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new RunningTool(Process.Start(start)!);
    }

    /// <summary>Reads on until a line that is wanted.</summary>
    public async Task<string> LineAsync(Func<string, bool> isWanted)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (isWanted(line))
                return line;
        }

        throw new AssertionException($"The tool ended without that line: {await _error}");
    }

    /// <summary>Reads no more, as a program does that ends.</summary>
    public void StopReading() => _process.StandardOutput.Close();

    /// <summary>Waits for the end of a tool whose output is not read any more.</summary>
    public async Task<(int ExitCode, string Error)> EndUnreadAsync()
    {
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _error);
    }

    public void Signal(PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, null),
        };
        Assert.That(Kill(_process.Id, number), Is.Zero);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Out, string Error)> EndAsync()
    {
        var rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, rest, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
