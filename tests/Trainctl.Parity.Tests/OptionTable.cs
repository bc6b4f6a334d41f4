using System.CommandLine;
using System.Reflection;
using Trainctl.Cli;
using Trainctl.Cli.Commands;
using Trainctl.Cli.Configuration;
using Trainctl.Cli.Output;

namespace Trainctl.Parity.Tests;

/// <summary>Finds out which option sets which property of which settings record, by giving each option alone and looking at what changed.</summary>
internal static class OptionTable
{
    private static readonly CliHost Host = new() { WorkingDirectory = "/", Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };

    private static readonly RootCommand Root = CommandLine.Create(Host);

    /// <summary>The commands, with what they need. Some options mean something only beside another, which is given too.</summary>
    private static readonly string[] Lines =
    [
        "stage s3://b/ a", "checkpoint upload a s3://b/", "s3 cleanup s3://b/", "s3 review s3://b/", "s3 sync s3://b/ a", "s3 upload a s3://b/", "s3 list s3://b/",
        "s3 watch s3://b/", "checkpoint list s3://b/", "checkpoint verify s3://b/", "checkpoint restore s3://b/", "apply f", "local s", "doctor s3://b/",
    ];

    /// <summary>The command of each record, the record as it leaves it when nothing else is given, and the option of each setting.</summary>
    public static IEnumerable<(string Command, object Settings, IReadOnlyDictionary<string, string> Options)> Records()
    {
        foreach (var line in Lines)
        {
            var settings = Settings(line)!;
            yield return (CommandOf(line), settings, OptionsByProperty(line, RecordValues.Of(settings)));
        }
    }

    private static string CommandOf(string line)
    {
        var names = new Stack<string>();
        for (var command = Root.Parse(line).CommandResult; command is not null; command = command.Parent as System.CommandLine.Parsing.CommandResult)
            names.Push(command.Command is RootCommand ? "trainctl" : command.Command.Name);
        return string.Join(' ', names);
    }

    private static Dictionary<string, string> OptionsByProperty(string line, Dictionary<string, SettingValue> defaults)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in Root.Parse(line).CommandResult.Command.Options.Where(static o => o is Option<string?> or Option<bool> or Option<string[]>))
        {
            foreach (var value in Values(option))
            {
                foreach (var companion in (string[])["", " --pattern x", " --sse aws:kms", " --keep-last-n 1"])
                {
                    if (found.ContainsValue(option.Name) || Settings($"{line}{companion} {option.Name}{value}") is not { } settings)
                        continue;
                    var before = companion.Length == 0 ? defaults : Settings(line + companion) is { } other ? RecordValues.Of(other) : [];
                    var changed = RecordValues.Of(settings).Where(p => before.TryGetValue(p.Key, out var was) && was.Value != p.Value.Value).Select(static p => p.Key).ToArray();
                    foreach (var property in changed)
                        found.TryAdd(property, option.Name);
                }
            }
        }

        return found;
    }

    /// <summary>Texts of which one suits every option.</summary>
    private static string[] Values(Option option) => option is Option<bool> ? [""] : [" 4", " 7s", " true", " max", " http://h", " s3://z/", " ceph", " x"];

    private static object? Settings(string line)
    {
        var parsed = Root.Parse(line);
        var command = parsed.CommandResult.Command;
        using var output = new CliOutput(Host);
        try
        {
            return command.GetType().GetMethod("ToSettings")!.Invoke(command, [new Invocation(parsed, Host, output, ConfigFile.Find(Host, isUnwanted: true))]);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }
}
