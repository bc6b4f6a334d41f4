using System.CommandLine;
using Trainctl.Cli.Commands;

namespace Trainctl.Cli.Output;

/// <summary>The options that every command has.</summary>
internal static class OutputOptions
{
    public static readonly Option<bool> Json = new("--json") { Description = "Results as JSON, errors too.", Recursive = true };
    public static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Say nothing but errors, and what was asked to be listed.", Recursive = true };
    public static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Say more: every object, and what was tried.", Recursive = true };
    public static readonly Option<string?> Summary = new("--summary")
    {
        Description = "Append the report as Markdown to this file, such as \"$GITHUB_STEP_SUMMARY\".", HelpName = "file", Recursive = true,
    };

    public static readonly Option<bool> NoConfig = new("--no-config") { Description = "Do not look for trainctl.json.", Recursive = true };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Json);
        root.Options.Add(Quiet);
        root.Options.Add(Verbose);
        root.Options.Add(Summary);
        root.Options.Add(NoConfig);
    }

    public static CliOutput Open(ParseResult parsed, CliHost host) => new(host)
    {
        IsJson = ValueOf(parsed, Json),
        IsJsonLines = parsed.CommandResult.Command is WatchCommand,
        IsQuiet = ValueOf(parsed, Quiet),
        IsVerbose = ValueOf(parsed, Verbose),
        SummaryFile = ValueOf(parsed, Summary),
    };

    /// <summary>Of a command line that may be wrong just there: nothing then.</summary>
    private static T? ValueOf<T>(ParseResult parsed, Option<T> option) =>
        parsed.GetResult(option) is { } result && !result.Errors.Any() ? result.GetValueOrDefault<T>() : default;
}
