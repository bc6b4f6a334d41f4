using Trainctl.Diagnostics;

namespace Trainctl.Reporting;

/// <summary>Says in one paragraph why an operation did not succeed, for what a build or a shell shows last.</summary>
public static class FailureSummary
{
    /// <summary>The code and the reason; null when the report's exit code is 0.</summary>
    public static string? Of(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.ExitCode == ErrorCatalog.Success)
            return null;
        var failed = report.Objects.Where(static o => o.Result is OutcomeResult.Failed or OutcomeResult.Refused).ToArray();
        var unlisted = report.Problems.Where(static p => p.IsFailure).ToArray();
        return VisibleText.Of((failed, unlisted) switch
        {
            _ when report.FailureText is { } text => text,
            ([], []) => $"{report.Operation} did not succeed; its report says why.",
            ([], [var first, ..]) => Some(report, $"{HumanText.Count(unlisted.Length, "object or folder", "objects or folders")} could not be listed", first.Message),
            ([var only], []) => $"{only.ErrorCode}: {only.Key}: {only.Error}",
            ([var first, ..], _) => Some(
                report,
                $"{HumanText.Count(failed.Length, "object")} failed{(unlisted.Length > 0 ? $", {unlisted.Length} could not be listed" : "")}",
                $"{first.Key}: {first.Error}"),
        });
    }

    private static string Some(Report report, string what, string first) =>
        $"{ErrorCatalog.Code(TrainctlError.ObjectsFailed)}: {report.Operation}: {what}, the rest is done; the report lists each. The first: {first}";
}
