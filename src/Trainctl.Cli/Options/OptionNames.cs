using System.CommandLine;
using Trainctl.Diagnostics;

namespace Trainctl.Cli.Options;

/// <summary>The engine names its settings; a person at a command line knows options.</summary>
internal static class OptionNames
{
    /// <summary>Settings whose options have other names.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["KeepLast"] = "--keep-last-n",
        ["MetricMode"] = "--mode",
        ["KeepPaths"] = "--keep-path",
        ["PlanFile"] = "--plan-out",
        ["MaxDeleteCount"] = "--max-delete",
        ["MaxDeleteBytes"] = "--max-delete-size",
        ["MaxTotalBytes"] = "--max-total-size",
        ["PartSizeBytes"] = "--part-size",
        ["BandwidthBytesPerSecond"] = "--bandwidth",
        ["HtmlFile"] = "--html",
    };

    /// <summary>The option behind the setting that an error is about; null when this command has none.</summary>
    public static string? For(Command command, TrainctlException exception)
    {
        if (exception.Error != TrainctlError.InvalidSetting || exception.Subject is not { Length: > 0 } setting || setting[0] == '-')
            return null;
        var name = Others.GetValueOrDefault(setting) ?? "--" + string.Concat(setting.Select(static (c, i) =>
            char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
        return command.Options.Any(o => o.Name == name) ? name : null;
    }
}
