using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Retention;

/// <summary>What was brought back from the trash, or would be.</summary>
public sealed record RestoreReport : Report
{
    /// <summary>Where the checkpoints belong.</summary>
    public required string Location { get; init; }

    /// <summary>The trash below it.</summary>
    public required string Trash { get; init; }

    /// <summary>The folder of the trash that they were taken from.</summary>
    public required string At { get; init; }

    /// <summary>One for each checkpoint that was asked for.</summary>
    public required IReadOnlyList<RestoredUnit> Units { get; init; }

    /// <summary>What ended the work after something had been brought back; null when it came to its end.</summary>
    internal TrainctlException? Stopped { get; init; }

    /// <inheritdoc/>
    public override int ExitCode => Stopped is not null ? Stopped.ExitCode : Units.Any(static u => u.Result == RestoreResult.Failed) ? ErrorCatalog.PartialFailure : base.ExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText =>
        Stopped is null ? null : $"{Stopped.Code}: restoring was stopped, and what was done by then is in the report. {Stopped.Message}";

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        $"{Operation}: {Location}, from {Trash}/{At}{(DryRun ? " (dry run: nothing was changed)" : "")}",
        [
            new ReportTable(
                null,
                [new("checkpoint"), new("size", AlignRight: true), new("decision"), new("why")],
                [.. Units.Select(static u => (IReadOnlyList<string>)[u.Path, HumanText.Size(u.Bytes), Verb(u.Result), u.Why])]),
            new ReportTable(
                "Objects:",
                [new("object"), new("size", AlignRight: true)],
                detailed ? [.. Objects.Where(static o => o.Error is null).Select(static o => (IReadOnlyList<string>)[o.Key, HumanText.Size(o.Bytes)])] : []),
            TransferTables.Failures("Not restored:", Objects),
        ],
        [
            $"{HumanText.Count(Units.Count(static u => u.Result != RestoreResult.Failed), "checkpoint")} {(DryRun ? "would be restored" : "restored")} "
                + $"({HumanText.Size(Units.Where(static u => u.Result != RestoreResult.Failed).Sum(static u => u.Bytes))}); took {HumanText.Duration(Duration)}.",
            .. Notes,
        ]);

    private static string Verb(RestoreResult result) => result switch
    {
        RestoreResult.Planned => "would restore",
        RestoreResult.Restored => "restored",
        _ => "not restored",
    };
}

/// <summary>What became of one checkpoint in the trash.</summary>
/// <param name="Path">The checkpoint.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Result">What was done.</param>
/// <param name="Why">Why, in a few words.</param>
public sealed record RestoredUnit(string Path, long Bytes, RestoreResult Result, string Why);

/// <summary>What restoring does with a checkpoint.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestoreResult>))]
public enum RestoreResult
{
    /// <summary>It would be restored: this was a dry run.</summary>
    Planned,

    /// <summary>It is back, whole, and no longer in the trash.</summary>
    Restored,

    /// <summary>It is not whole in the trash, or something stands in its place. The report's objects say what.</summary>
    Failed,
}
