using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Doctor;

/// <summary>What a store can do, what Trainctl does about it, and what the credentials may not.</summary>
public sealed record DoctorReport : Report
{
    /// <summary>The location.</summary>
    public required string Location { get; init; }

    /// <summary>Who made the service, as far as that is known; null for a folder.</summary>
    public StoreProvider? Provider { get; init; }

    /// <summary>How far the store's clock is ahead of this machine's, to the second; null where it tells no time.</summary>
    public TimeSpan? ClockDifference { get; init; }

    /// <summary>How the store is reached and asked. Never a secret.</summary>
    public IReadOnlyList<DoctorFact> Facts { get; init; } = [];

    /// <summary>What was tried, in the order of trying.</summary>
    public required IReadOnlyList<DoctorCheck> Checks { get; init; }

    /// <summary>Keys that could not be removed again.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>That of the first thing that is needed and does not work.</summary>
    public override int ExitCode => FirstFailure?.ExitCode ?? ErrorCatalog.Success;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText => FirstFailure is { } failure ? $"{failure.ErrorCode}: {failure.Name}: {failure.Error}" : null;

    private DoctorCheck? FirstFailure => Checks.FirstOrDefault(static check => check is { IsNeeded: true, Result: CheckResult.Failed or CheckResult.Denied or CheckResult.Unsupported });

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        $"{Operation}: {Location}{(DryRun ? " (read only: nothing was written)" : "")}",
        [
            new ReportTable(null, [new("what"), new("is")], [.. Facts.Select(static f => (IReadOnlyList<string>)[f.Name, f.Value])]),
            new ReportTable(
                null,
                [new("check"), new("result"), new("found"), new("what Trainctl does")],
                [.. Checks.Select(static c => (IReadOnlyList<string>)[c.Name, Word(c), c.Finding, c.Consequence ?? ""])]),
        ],
        [.. Lines()]);

    private static string Word(DoctorCheck check) => check.Result switch
    {
        CheckResult.Works => "works",
        CheckResult.Unsupported => "no",
        CheckResult.Denied => check.IsNeeded ? "DENIED" : "denied",
        CheckResult.Failed => check.IsNeeded ? "FAILED" : "failed",
        _ => "not tried",
    };

    private IEnumerable<string> Lines()
    {
        yield return $"{Count(CheckResult.Works)} of {HumanText.Count(Checks.Count, "check")} work, {Count(CheckResult.Unsupported)} not offered, {Count(CheckResult.Denied)} denied, "
            + $"{Count(CheckResult.Failed)} failed, {Count(CheckResult.NotTried)} not tried; took {HumanText.Duration(Duration)}.";
        foreach (var check in Checks.Where(static c => c.Error is not null && c.Result is CheckResult.Denied or CheckResult.Failed))
            yield return $"{check.Name}: {check.ErrorCode}: {check.Error}";
        foreach (var key in Leftovers)
            yield return $"Left behind, because it could not be removed: {key}";
        foreach (var note in Notes)
            yield return note;
    }

    private int Count(CheckResult result) => Checks.Count(c => c.Result == result);
}
