using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Trainctl.Cli.Commands;

namespace Trainctl.Cli;

/// <summary>The usual help, and examples below it; on the root, the exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is CliCommand { Examples.Count: > 0 } command)
            Write(output, "Examples:", command.Examples);
        if (parseResult.CommandResult.Command is RootCommand)
            Write(output, "Exit codes:", CommandLine.ExitCodes);
        return result;
    }

    private static void Write(TextWriter output, string title, IReadOnlyList<string> lines)
    {
        output.WriteLine(title);
        foreach (var line in lines)
            output.WriteLine($"  {line}");
        output.WriteLine();
    }
}
