using System.Collections.Concurrent;
using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;
using Trainctl.Diagnostics;

namespace Trainctl.Transfer.S5cmd;

/// <summary>An s5cmd that is there, runs, and is new enough.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Version">What it says of itself.</param>
internal sealed record S5cmdProgram(string Path, S5cmdVersion Version)
{
    private const string Advice =
        "Get 2.3.0 from https://github.com/peak/s5cmd/releases and put it on PATH, or name it in TRAINCTL_S5CMD; or choose the backend Auto or BuiltIn.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ConcurrentDictionary<(string Path, DateTime ModifiedAt), Task<S5cmdFinding>> Known = new();

    /// <summary>Looks for it. Each file is asked for its version once in the life of the process.</summary>
    public static Task<S5cmdFinding> FindAsync(EngineHost host)
    {
        if (S5cmdLocator.Find(host, out var problem) is not { } path)
            return Task.FromResult(new S5cmdFinding(null, problem));
        return Known.GetOrAdd((path, File.GetLastWriteTimeUtc(path)), static file => Task.Run(() => AskAsync(file.Path)));
    }

    /// <summary>The same, where there has to be one.</summary>
    /// <exception cref="TrainctlException">With <see cref="TrainctlError.ProgramUnavailable"/>, which says what was found and what to do.</exception>
    public static async Task<S5cmdProgram> RequireAsync(EngineHost host)
    {
        var finding = await FindAsync(host).ConfigureAwait(false);
        return finding.Program
            ?? throw new TrainctlException(TrainctlError.ProgramUnavailable, $"The transfer backend S5cmd was asked for, and {finding.Problem}. {Advice}", "s5cmd");
    }

    private static async Task<S5cmdFinding> AskAsync(string path)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            var answer = await Cli.Wrap(path).WithArguments("version").WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(patience.Token).ConfigureAwait(false);
            if (S5cmdVersion.Parse(answer.StandardOutput) is not { } version)
                return new S5cmdFinding(null, $"'{path}' does not answer 'version' as s5cmd does");
            return version.CompareTo(S5cmdVersion.Oldest) < 0
                ? new S5cmdFinding(null, $"'{path}' is version {version}, and {S5cmdVersion.Oldest} is the oldest that can be used")
                : new S5cmdFinding(new S5cmdProgram(path, version), null);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return new S5cmdFinding(null, $"'{path}' could not be run: {exception.Message.TrimEnd('.')}");
        }
        catch (OperationCanceledException)
        {
            return new S5cmdFinding(null, $"'{path}' did not tell its version in time");
        }
    }
}

/// <summary>What came of looking for s5cmd.</summary>
/// <param name="Program">Null when there is none that can be used.</param>
/// <param name="Problem">Why not, as half a sentence; null when there is one.</param>
internal sealed record S5cmdFinding(S5cmdProgram? Program, string? Problem);
