using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Sync;

/// <summary>What a transfer between two stores did, or would do.</summary>
public record SyncReport : Report
{
    /// <summary>Where objects were read.</summary>
    public required string Source { get; init; }

    /// <summary>Where they were written.</summary>
    public required string Destination { get; init; }

    /// <summary>Objects that both sides had, equal.</summary>
    public required long UnchangedObjects { get; init; }

    /// <summary>Bytes of <see cref="UnchangedObjects"/>.</summary>
    public required long UnchangedBytes { get; init; }

    /// <summary>Why nothing was, or would be, deleted although that was asked for; null when it was not refused. What was copied is copied all the same.</summary>
    public string? Refusal => Refused?.Message;

    internal TrainctlException? Refused { get; init; }

    /// <inheritdoc/>
    public override int ExitCode => Refused?.ExitCode ?? base.ExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText => Refused is null ? null : $"{Refused.Code}: {Refused.Message}";

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        TransferTables.Title(Operation, Source, Destination, DryRun),
        TransferTables.Tables(this, detailed),
        [.. Refusal is null ? [] : (string[])[Refusal], .. Totals(), .. TransferTables.Unproven(this), .. Notes]);

    private IEnumerable<string> Totals()
    {
        yield return TransferTables.Total(this, $"{HumanText.Count(UnchangedObjects, "object")} unchanged ({HumanText.Size(UnchangedBytes)})");
    }
}
