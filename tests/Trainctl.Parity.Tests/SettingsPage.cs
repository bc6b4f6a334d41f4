using System.Text;

namespace Trainctl.Parity.Tests;

/// <summary>One settings record of the engine, and what each front end calls it and its settings.</summary>
/// <param name="Record">The record.</param>
/// <param name="Command">Of the command line.</param>
/// <param name="Options">By setting.</param>
/// <param name="FromCommandLine">The record that the command makes when nothing is given that can be left out.</param>
/// <param name="Task">Of MSBuild; null when there is none.</param>
/// <param name="Metadata">By setting.</param>
/// <param name="FromMSBuild">The record that the task makes of an item without metadata; null without a task.</param>
internal sealed record RecordNames(
    Type Record,
    string Command,
    IReadOnlyDictionary<string, string> Options,
    object FromCommandLine,
    string? Task,
    IReadOnlyDictionary<string, string> Metadata,
    object? FromMSBuild)
{
    public static IReadOnlyList<RecordNames> All { get; } = [.. Find()];

    private static IEnumerable<RecordNames> Find()
    {
        var tasks = MetadataTable.Records().ToDictionary(static task => task.Settings.GetType());
        foreach (var (command, settings, options) in OptionTable.Records())
        {
            var (task, bound, metadata) = tasks.GetValueOrDefault(settings.GetType(), (null!, null!, new Dictionary<string, string>()));
            yield return new RecordNames(settings.GetType(), command, options, settings, task, metadata, bound);
        }
    }
}

/// <summary>Writes the tables of <c>docs/settings.md</c>.</summary>
internal static class SettingsPage
{
    public static string Tables()
    {
        var text = new StringBuilder();
        foreach (var names in RecordNames.All)
        {
            text.Append("\n## ").Append(names.Record.Name).Append("\n\n");
            text.Append("Cake: ").Append(Code(ScriptNames.AliasOf(names.Record))).Append(". Frosting: ").Append(Frosting(names.Record)).Append(". MSBuild: ")
                .Append(names.Task is null ? "–" : $"task `{names.Task}`").Append(". Command line: `").Append(names.Command).Append("`.\n\n");
            text.Append("| Cake and Frosting | Type | Default | MSBuild | Command line |\n|---|---|---|---|---|\n");
            foreach (var (setting, (type, value)) in RecordValues.Of(names.FromCommandLine))
            {
                text.Append("| `").Append(setting).Append("` | ").Append(type).Append(" | ").Append(Default(names, setting, value)).Append(" | ")
                    .Append(Metadata(names, setting)).Append(" | ").Append(Option(names, setting)).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private static string Frosting(Type record) => ScriptNames.StepOf(record) is { } step
        ? $"`Trainctl.{step}`, {Code(ScriptNames.MethodOf(record))}"
        : "through `RunTrainctlAsync`";

    /// <summary>What a required setting was given here is no default.</summary>
    private static string Default(RecordNames names, string setting, string value) =>
        Lacks.IsArgument(names, setting) ? Lacks.IsRequired(names, setting) ? "required" : "none" : value.Length == 0 ? "none" : $"`{value}`";

    private static string Metadata(RecordNames names, string setting) =>
        names.Task is null ? "–" : Lacks.IsItem(names, setting) ? "the item" : Code(names.Metadata.GetValueOrDefault(setting));

    private static string Option(RecordNames names, string setting) =>
        names.Options.TryGetValue(setting, out var option) ? Code(option) : Lacks.IsArgument(names, setting) ? "argument" : "–";

    private static string Code(string? name) => name is null ? "–" : $"`{name}`";
}
