using System.CommandLine;
using System.Text;

namespace Trainctl.Cli.Options;

/// <summary>
/// An option whose value may also come from the environment or from <c>trainctl.json</c>. All of them are read as text and become typed values in one place,
/// <see cref="SettingReader"/>, wherever they come from.
/// </summary>
internal sealed class Setting
{
    private Setting(string name, string? group, Option option, bool isSwitch, bool isList) =>
        (Name, Group, Option, IsSwitch, IsList) = (name, group, option, isSwitch, isList);

    /// <summary>For example <c>--keep-last-n</c>.</summary>
    public string Name { get; }

    /// <summary>The object of the configuration file that may give it; null when none does.</summary>
    public string? Group { get; }

    public Option Option { get; }

    public bool IsSwitch { get; }

    public bool IsList { get; }

    /// <summary>Whether the file's values stay beside those of the command line: what they keep from being touched is not to be touched because more is named.</summary>
    public bool AddsUp { get; private init; }

    /// <summary>Whether its value is a path or an address; a relative path in a configuration file begins at the file's folder.</summary>
    public bool IsPlace { get; private init; }

    /// <summary>Its name in the configuration file, for example <c>keepLastN</c>.</summary>
    public string ConfigName
    {
        get
        {
            var name = new StringBuilder();
            foreach (var word in Name.TrimStart('-').Split('-'))
                name.Append(name.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]);
            return name.ToString();
        }
    }

    /// <summary>The environment variable that may give it, for example <c>TRAINCTL_KEEP_LAST_N</c>; lists have none, and neither have most that only the command line gives.</summary>
    public string? EnvironmentName => (Group is null && !HasVariable) || IsList ? null : "TRAINCTL_" + Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Whether an environment variable may give it though no configuration file does.</summary>
    private bool HasVariable { get; init; }

    /// <summary>An option with one value.</summary>
    public static Setting Text(string name, string valueName, string help, string? group = null, string[]? choices = null, params string[] aliases)
    {
        var option = new Option<string?>(name, aliases) { Description = help, HelpName = valueName };
        if (choices is not null)
            option.CompletionSources.Add(choices);
        return new Setting(name, group, option, isSwitch: false, isList: false);
    }

    /// <summary>An option whose value is a path or an address.</summary>
    public static Setting Place(string name, string valueName, string help, string? group = null) =>
        new(name, group, new Option<string?>(name) { Description = help, HelpName = valueName }, isSwitch: false, isList: false) { IsPlace = true };

    /// <summary>An option without a value.</summary>
    public static Setting Switch(string name, string help, string? group = null, params string[] aliases) =>
        new(name, group, new Option<bool>(name, aliases) { Description = help }, isSwitch: true, isList: false);

    /// <summary>An option without a value that an environment variable may give too, and no configuration file: what is asked for one run at a time.</summary>
    public static Setting SwitchOfRun(string name, string help, params string[] aliases) =>
        new(name, null, new Option<bool>(name, aliases) { Description = help }, isSwitch: true, isList: false) { HasVariable = true };

    /// <summary>An option that may be given many times.</summary>
    public static Setting List(string name, string valueName, string help, string? group = null) =>
        new(name, group, new Option<string[]>(name) { Description = help + " May be given many times.", HelpName = valueName }, isSwitch: false, isList: true);

    /// <summary>The same, for what only ever leaves more alone.</summary>
    public static Setting AddingList(string name, string valueName, string help, string? group = null) =>
        new(name, group, new Option<string[]>(name) { Description = help + " May be given many times, and adds to what the file says.", HelpName = valueName }, isSwitch: false, isList: true)
        {
            AddsUp = true,
        };
}
