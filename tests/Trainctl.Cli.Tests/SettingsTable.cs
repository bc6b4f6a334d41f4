using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Trainctl.Cli.Commands;
using Trainctl.Cli.Configuration;
using Trainctl.Cli.Output;

namespace Trainctl.Cli.Tests;

/// <summary>Finds out which option sets which property of which settings record, by giving each option alone and looking at what changed.</summary>
internal static class SettingsTable
{
    private static readonly CliHost Host = new() { WorkingDirectory = "/", Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };

    /// <summary>Stands for a record inside: it is there, and its own properties follow.</summary>
    private const string Whole = "{}";

    private static readonly RootCommand Root = CommandLine.Create(Host);

    /// <summary>The commands, with what they need. Some options mean something only beside another, which is given too.</summary>
    private static readonly string[] Lines =
    [
        "stage s3://b/ a", "checkpoint upload a s3://b/", "s3 cleanup s3://b/", "s3 review s3://b/", "s3 sync s3://b/ a", "s3 upload a s3://b/", "s3 list s3://b/",
        "s3 watch s3://b/", "checkpoint list s3://b/", "checkpoint verify s3://b/", "checkpoint restore s3://b/", "apply f", "local s",
    ];

    /// <summary>A row for each property: record, property, type, default, option.</summary>
    public static IEnumerable<(string Record, string Property, string Type, string Default, string Option)> Rows()
    {
        foreach (var line in Lines)
        {
            var settings = Settings(line)!;
            var defaults = Flat(settings);
            var options = OptionsByProperty(line, defaults);
            foreach (var (property, (type, value)) in defaults.Where(static d => d.Value.Value != Whole))
                yield return (settings.GetType().Name, property, type, value, options.GetValueOrDefault(property, ""));
        }
    }

    private static Dictionary<string, string> OptionsByProperty(string line, Dictionary<string, (string Type, string Value)> defaults)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in Root.Parse(line).CommandResult.Command.Options.Where(static o => o is Option<string?> or Option<bool> or Option<string[]>))
        {
            foreach (var value in Values(option))
            {
                foreach (var companion in (string[])["", " --pattern x", " --sse aws:kms"])
                {
                    if (found.ContainsValue(option.Name) || Settings($"{line}{companion} {option.Name}{value}") is not { } settings)
                        continue;
                    var before = companion.Length == 0 ? defaults : Settings(line + companion) is { } other ? Flat(other) : [];
                    var changed = Flat(settings).Where(p => before.TryGetValue(p.Key, out var was) && was.Value != p.Value.Value).Select(static p => p.Key).ToArray();
                    foreach (var property in changed)
                        found.TryAdd(property, option.Name);
                }
            }
        }

        return found;
    }

    /// <summary>Texts of which one suits every option.</summary>
    private static string[] Values(Option option) => option is Option<bool> ? [""] : [" 4", " 7s", " true", " max", " http://h", " s3://z/", " x"];

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

    private static Dictionary<string, (string Type, string Value)> Flat(object settings, string prefix = "")
    {
        var flat = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var property in settings.GetType().GetProperties().Where(static p => p.CanWrite))
        {
            var value = property.GetValue(settings);
            var name = prefix + property.Name;
            if (value is not null && property.PropertyType.Namespace!.StartsWith("Trainctl", StringComparison.Ordinal) && property.PropertyType is { IsClass: true, Name: not "ObjectUrl" })
            {
                flat.Add(name, (TypeName(property.PropertyType), Whole));
                foreach (var (below, found) in Flat(value, name + "."))
                    flat.Add(below, found);
            }
            else
            {
                flat.Add(name, (TypeName(property.PropertyType), Text(value)));
            }
        }

        return flat;
    }

    private static string TypeName(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? TypeName(inner)
        : type.IsGenericType ? $"list of {TypeName(type.GetGenericArguments()[0])}"
        : type.Name switch { "Int32" or "Int64" => "whole number", "Double" => "number", "Boolean" => "switch", "TimeSpan" => "time", "ObjectUrl" => "URL", "Uri" => "address", "String" => "text", var name => name };

    private static string Text(object? value) => value switch
    {
        null => "",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable list => string.Join(", ", list.Cast<object>()),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
