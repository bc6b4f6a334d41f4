using System.ComponentModel;
using System.Text;
using CliWrap;
using CliWrap.Exceptions;

namespace Trainctl.Watching.Reacting;

/// <summary>Runs the program of a watch for one event after the other.</summary>
internal sealed class CommandRunner(WatchCommand command, string location, EngineHost host)
{
    /// <summary>What a program has, after it was asked to end, until it is killed.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    private readonly Lock _output = new();

    /// <summary>Runs it to its end. Cancellation asks it to end, as Ctrl-C does, and kills it when it does not.</summary>
    public async Task<WatchCommandOutcome> RunAsync(WatchEvent seen, CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var (exitCode, error) = await ExitCodeAsync(seen, cancellationToken).ConfigureAwait(false);
        if (error is not null)
            host.Log.Warning($"'{seen.Url}': {error}");
        return new WatchCommandOutcome { ExitCode = exitCode, Duration = host.Time.GetElapsedTime(start), Error = error };
    }

    private async Task<(int? ExitCode, string? Error)> ExitCodeAsync(WatchEvent seen, CancellationToken cancellationToken)
    {
        var variables = CommandEnvironment.Of(seen, location);
        if (variables.FirstOrDefault(static v => v.Value?.Contains('\0', StringComparison.Ordinal) == true) is { Key: { } name })
            return (null, $"The command '{command.Program}' was not run: {name} would hold a NUL character, and no environment variable can.");
        using var kill = new CancellationTokenSource();
        using var registration = cancellationToken.Register(() => kill.CancelAfter(EndTime));
        var output = PipeTarget.ToDelegate(Pass, Encoding.UTF8);
        try
        {
            var result = await Cli.Wrap(ProgramPath)
                .WithArguments(command.Arguments)
                .WithWorkingDirectory(host.WorkingDirectory)
                .WithEnvironmentVariables(variables)
                .WithStandardInputPipe(PipeSource.FromString(WatchEventJson.Line(seen) + "\n", Encoding.UTF8))
                .WithStandardOutputPipe(output)
                .WithStandardErrorPipe(output)
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(kill.Token, cancellationToken)
                .ConfigureAwait(false);
            return (result.ExitCode, result.ExitCode == 0 ? null : $"The command '{command.Program}' failed with exit code {result.ExitCode}.");
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or IOException or UnauthorizedAccessException or CliWrapException)
        {
            return (null, $"The command '{command.Program}' could not be run: {exception.Message}");
        }
    }

    /// <summary>A name without a folder is looked for on the search path.</summary>
    private string ProgramPath => command.Program.AsSpan().IndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) >= 0
        ? Path.GetFullPath(command.Program, host.WorkingDirectory)
        : command.Program;

    /// <summary>Output and error output come on threads of their own.</summary>
    private void Pass(string line)
    {
        lock (_output)
            (command.OnOutput ?? host.Log.Info)(line);
    }
}
