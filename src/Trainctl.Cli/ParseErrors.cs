using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Trainctl.Cli.Commands;
using Trainctl.Diagnostics;

namespace Trainctl.Cli;

/// <summary>Tells what is wrong with a command line, what was probably meant, and where to read on.</summary>
internal static class ParseErrors
{
    /// <summary>What is wrong; null when nothing is.</summary>
    public static TrainctlException? Find(ParseResult parsed, string[] args)
    {
        if (parsed.Action is not (null or ParseErrorAction) && parsed.CommandResult.Command.Action != parsed.Action)
            return null;
        var name = Name(parsed);
        if (StrayOption(parsed, args) is { } stray)
            return Invalid(Unknown(stray, parsed.CommandResult.Command, name), name);
        if (parsed.Errors.Count == 0)
            return null;
        // A token that no one knows is also why others are missing.
        return Invalid(parsed.UnmatchedTokens is [var unknown, ..] ? Unknown(unknown, parsed.CommandResult.Command, name) : parsed.Errors[0].Message, name);
    }

    /// <summary>The parser takes what begins with a dash and is no option for an argument; nobody means that before <c>--</c>.</summary>
    private static string? StrayOption(ParseResult parsed, string[] args)
    {
        var end = Array.IndexOf(args, "--");
        var after = end < 0 ? [] : args[(end + 1)..];
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(static a => a.Tokens).Select(static t => t.Value)
            .Where(static value => value.Length > 1 && value[0] == '-').GroupBy(static value => value, StringComparer.Ordinal)
            .FirstOrDefault(value => value.Count() > after.Count(argument => argument == value.Key))?.Key;
    }

    private static TrainctlException Invalid(string message, string command)
    {
        var line = string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return new(TrainctlError.InvalidSetting, $"{line}{(line.EndsWith('?') ? "" : ".")} Run '{command} --help'.", command);
    }

    private static string Unknown(string token, Command command, string name)
    {
        var isOption = token.StartsWith('-');
        string[] valid = isOption ? [.. OptionsOf(command).Where(static o => !o.Hidden).Select(static o => o.Name)] : [.. command.Subcommands.Select(static c => c.Name)];
        if (!isOption && valid.Length == 0)
            return $"'{token}' is one argument too many for '{name}'";
        var text = $"'{name}' has no {(isOption ? "option" : "command")} '{token}'";
        return NearestName.Of(token.Split('=')[0], valid) is { } nearest ? $"{text}. Did you mean '{nearest}'?"
            : isOption && command is LocalCommand ? $"{text}. What the script is to be given stands behind '--'"
            : text;
    }

    private static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(static p => OptionsOf(p).Where(static o => o.Recursive)));

    private static string Name(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
            names.Add(result.Command is RootCommand ? "trainctl" : result.Command.Name);
        names.Reverse();
        return string.Join(' ', names);
    }
}
