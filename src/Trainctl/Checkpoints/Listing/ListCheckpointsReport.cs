using System.Globalization;
using Trainctl.Reporting;

namespace Trainctl.Checkpoints.Listing;

/// <summary>The checkpoints of a location.</summary>
public sealed record ListCheckpointsReport : Report
{
    /// <summary>The location.</summary>
    public required string Location { get; init; }

    /// <summary>The runs with their checkpoints, oldest first.</summary>
    public required IReadOnlyList<CheckpointRun> Runs { get; init; }

    /// <summary>Everything that names a checkpoint.</summary>
    public required IReadOnlyList<CheckpointPointer> Pointers { get; init; }

    /// <summary>Objects that are neither part of a checkpoint nor a pointer.</summary>
    public required int OtherObjects { get; init; }

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        $"{Operation}: {Location}",
        [
            new ReportTable(
                null,
                [
                    new("checkpoint"), new("layout"), new("step", AlignRight: true), new("state"), new("objects", AlignRight: true), new("size", AlignRight: true),
                    new("saved"), new("metrics"), new("notes"),
                ],
                [.. Runs.SelectMany(static r => r.Units).Select(Row)]),
            new ReportTable(
                "Pointers:",
                [new("pointer"), new("names"), new("checkpoint")],
                [.. Pointers.Select(static p => (IReadOnlyList<string>)[p.Key, p.Text, p.Problem ?? (p.Targets.Count == 0 ? "not here" : string.Join(", ", p.Targets))])]),
            TransferTables.Unlisted(this),
        ],
        [Total(), .. Notes]);

    private string Total()
    {
        var units = Runs.SelectMany(static r => r.Units).ToArray();
        var incomplete = units.Count(static u => u.State != CheckpointState.Complete);
        return $"{HumanText.Count(units.Length, "checkpoint")} of {HumanText.Count(Runs.Count, "run")}, {HumanText.Size(units.Sum(static u => u.Bytes))}"
            + $"{(incomplete > 0 ? $", {incomplete} not complete" : "")}; {HumanText.Count(OtherObjects, "other object")}.";
    }

    private static IReadOnlyList<string> Row(CheckpointUnit unit) =>
    [
        unit.Path,
        unit.Layout,
        unit.Step?.ToString(CultureInfo.InvariantCulture) ?? (unit.Epoch is { } epoch ? string.Create(CultureInfo.InvariantCulture, $"epoch {epoch:0.##}") : ""),
        CheckpointText.State(unit.State),
        unit.ObjectCount.ToString("#,0", CultureInfo.InvariantCulture),
        HumanText.Size(unit.Bytes),
        HumanText.Time(unit.ModifiedAt),
        string.Join(' ', unit.Metrics.OrderBy(static m => m.Key, StringComparer.Ordinal).Select(static m => string.Create(CultureInfo.InvariantCulture, $"{m.Key}={m.Value:G6}"))),
        string.Join("; ", new[] { unit.StateReason, unit.Pin }.OfType<string>()),
    ];
}
