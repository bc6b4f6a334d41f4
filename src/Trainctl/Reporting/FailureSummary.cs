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
        return failed switch
        {
            _ when report.FailureText is { } text => text,
            [] => $"{report.Operation} did not succeed; its report says why.",
            [var only] => $"{only.ErrorCode}: {only.Key}: {only.Error}",
            [var first, ..] => $"{ErrorCatalog.Code(TrainctlError.ObjectsFailed)}: {report.Operation}: {HumanText.Count(failed.Length, "object")} failed, "
                + $"the rest is done; the report lists each. The first: {first.Key}: {first.Error}",
        };
    }
}
