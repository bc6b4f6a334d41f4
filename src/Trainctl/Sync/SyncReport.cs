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

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) =>
        new(TransferTables.Title(Operation, Source, Destination, DryRun), TransferTables.Tables(this, detailed), [.. Totals(), .. TransferTables.Unproven(this), .. Notes]);

    private IEnumerable<string> Totals()
    {
        yield return TransferTables.Total(this, $"{HumanText.Count(UnchangedObjects, "object")} unchanged ({HumanText.Size(UnchangedBytes)})");
    }
}
