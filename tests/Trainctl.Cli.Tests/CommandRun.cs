using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>One command line, run in this process in a folder of its own.</summary>
internal sealed record CommandRun(int ExitCode, string Out, string Error)
{
    public static Task<CommandRun> InAsync(TemporaryFolder folder, params string[] args) => InAsync(folder, [], args);

    public static async Task<CommandRun> InAsync(TemporaryFolder folder, Dictionary<string, string> environment, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var host = new CliHost { WorkingDirectory = folder.Path, Environment = environment.GetValueOrDefault, Out = output, Error = error };
        var exitCode = await CommandLine.RunAsync(args, host);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    public override string ToString() => $"exit {ExitCode}\n{Out}\n{Error}";
}
