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
        ["MaxTotalBytes"] = "--fail-over",
        ["FailOnIncompleteNewest"] = "--fail-on-incomplete",
        ["FailOnDanglingPointer"] = "--fail-on-dangling",
        ["LargestCount"] = "--largest",
        ["StateFile"] = "--state",
        ["Command"] = "--exec",
        ["Expression"] = "--pattern",
        ["MaxHeldCheckpoints"] = "--hold",
        ["IncludeOtherFiles"] = "--only-checkpoints",
        ["ReadContent"] = "--quick",
        ["FollowSymlinks"] = "--no-follow-symlinks",
        ["Anonymous"] = "--no-sign-request",
        ["RequesterPays"] = "--request-payer",
        ["ServerSideEncryption"] = "--sse",
        ["KmsKeyId"] = "--sse-kms-key-id",
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
