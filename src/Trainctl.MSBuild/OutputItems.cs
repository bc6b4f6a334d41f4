using System.Globalization;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Trainctl.Reporting;

namespace Trainctl.MSBuild;

/// <summary>Outcomes as items of the build.</summary>
internal static class OutputItems
{
    /// <summary>What means something in a project file.</summary>
    private const string Special = "%*?@$();'";

    public static ITaskItem Of(ObjectOutcome outcome) => Create(
        outcome.Key,
        ("Key", outcome.Key),
        ("Size", outcome.Bytes.ToString(CultureInfo.InvariantCulture)),
        ("Checksum", outcome.Checksum),
        ("Action", outcome.Action.ToString()),
        ("Reason", outcome.Reason),
        ("Result", outcome.Result.ToString()),
        ("ErrorCode", outcome.ErrorCode));

    public static ITaskItem Of(ITaskItem item, Report report, string summary) => Create(
        item.ItemSpec,
        ("Summary", summary),
        ("Operation", report.Operation),
        ("DryRun", report.DryRun ? "true" : "false"),
        ("ExitCode", report.ExitCode.ToString(CultureInfo.InvariantCulture)),
        ("ObjectCount", report.Objects.Count.ToString(CultureInfo.InvariantCulture)),
        ("Size", report.Objects.Sum(static o => o.Bytes).ToString(CultureInfo.InvariantCulture)));

    private static TaskItem Create(string name, params (string Name, string? Value)[] metadata)
    {
        var item = new TaskItem(Escape(name));
        foreach (var (key, value) in metadata)
            item.SetMetadata(key, Escape(value ?? ""));
        return item;
    }

    private static string Escape(string text) =>
        string.Concat(text.Select(static c => Special.Contains(c, StringComparison.Ordinal) ? $"%{(int)c:x2}" : c.ToString()));
}
