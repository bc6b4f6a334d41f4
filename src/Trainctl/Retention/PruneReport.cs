using System.Globalization;
using System.Text.Json.Serialization;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Retention;

/// <summary>What a prune removed, or would remove, and what kept the rest.</summary>
public sealed record PruneReport : Report
{
    /// <summary>Where the checkpoints are.</summary>
    public required string Location { get; init; }

    /// <summary>The rules.</summary>
    public required RetentionPolicy Policy { get; init; }

    /// <summary>Run by run: how its checkpoints were ordered.</summary>
    public required IReadOnlyList<PrunedRun> Runs { get; init; }

    /// <summary>One for each checkpoint, run by run, oldest first.</summary>
    public required IReadOnlyList<PrunedUnit> Units { get; init; }

    /// <summary>The trash that removed checkpoints go to, below the location; null when they are deleted.</summary>
    public string? Trash { get; init; }

    /// <summary>In a dry run: the limit for which the real run would be refused. Null when it would not.</summary>
    public string? Refusal { get; init; }

    /// <summary>Bytes of the objects that were, or would be, deleted; those of the trash too.</summary>
    public long BytesFreed => Sum(ObjectAction.Delete);

    /// <summary>Bytes of the objects that were, or would be, moved to the trash.</summary>
    public long BytesMoved => Sum(ObjectAction.Move);

    /// <summary>Bytes that were, or would be, deleted because they were in the trash for too long.</summary>
    public long BytesEmptied { get; init; }

    /// <summary>Bytes of all checkpoints that stay.</summary>
    public long BytesKept =>
        Units.Where(static u => u.Result != PruneResult.Gone).Sum(static u => u.Decision.Unit.Bytes) - BytesMoved - (BytesFreed - BytesEmptied);

    /// <summary>Unfinished uploads and hidden versions that were, or would be, removed.</summary>
    public IReadOnlyList<ObjectOutcome> Leftovers { get; init; } = [];

    /// <summary>Whether something was, or would be, deleted in a bucket that keeps the content behind a delete marker.</summary>
    public bool IsVersioned { get; init; }

    /// <summary>What ended the prune after it had removed something; null when it came to its end.</summary>
    internal TrainctlException? Stopped { get; init; }

    /// <inheritdoc/>
    public override int ExitCode => Refusal is not null ? ErrorCatalog.Refused
        : Stopped is not null ? Stopped.ExitCode
        : Leftovers.Any(static o => o.Error is not null) ? ErrorCatalog.PartialFailure
        : base.ExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText => Refusal is not null
        ? $"{ErrorCatalog.Code(TrainctlError.DeleteLimitExceeded)}: this prune would be refused: {Refusal}."
        : Stopped is not null ? $"{Stopped.Code}: the prune was stopped, and what it had done by then is in its report. {Stopped.Message}"
        : Leftovers.FirstOrDefault(static o => o.Error is not null) is { } failed && base.ExitCode == ErrorCatalog.Success
            ? $"{failed.ErrorCode}: {failed.Key}: {failed.Error}"
            : null;

    /// <summary>Objects at the location that belong to no checkpoint; never touched.</summary>
    public required long OtherObjects { get; init; }

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        $"{Operation}: {Location}{(DryRun ? " (dry run: nothing was changed)" : "")}",
        [CheckpointTable(), DeletionTable(detailed), LeftoverTable(detailed), TransferTables.Failures("Not deleted:", Objects.Concat(Leftovers)), TransferTables.Unlisted(this)],
        [.. Refusal is null ? [] : (string[])[$"This prune would be refused: {Refusal}."], .. Totals(), .. Notes]);

    private long Sum(ObjectAction action) => Objects.Where(o => o.Error is null && o.Action == action).Sum(static o => o.Bytes);

    private ReportTable CheckpointTable() => new(
        null,
        [new("checkpoint"), new("step", AlignRight: true), new("state"), new("size", AlignRight: true), new("decision"), new("why")],
        [
            .. Units.Select(u => (IReadOnlyList<string>)
            [
                u.Decision.Unit.Path,
                (u.Decision.Unit.Step ?? u.Decision.Unit.Epoch)?.ToString(CultureInfo.InvariantCulture) ?? "",
                CheckpointText.State(u.Decision.Unit.State),
                HumanText.Size(u.Decision.Unit.Bytes),
                Verb(u.Result, Trash),
                u.Decision.Why,
            ]),
        ]);

    private ReportTable DeletionTable(bool detailed) => new(
        "Objects:",
        [new("object"), new("size", AlignRight: true)],
        detailed ? [.. Objects.Where(static o => o.Error is null).Select(static o => (IReadOnlyList<string>)[o.Key, HumanText.Size(o.Bytes)])] : []);

    private ReportTable LeftoverTable(bool detailed) => new(
        "Leftovers:",
        [new("object"), new("size", AlignRight: true), new("why")],
        detailed ? [.. Leftovers.Where(static o => o.Error is null).Select(static o => (IReadOnlyList<string>)[o.Key, HumanText.Size(o.Bytes), o.Reason])] : []);

    private IEnumerable<string> Totals()
    {
        var removed = Units.Count(static u => u.Result is PruneResult.Removed or PruneResult.Planned);
        var kept = Units.Count(static u => u.Result is PruneResult.Kept or PruneResult.Failed);
        var done = Trash is null ? (DryRun ? "would be removed" : "removed") : (DryRun ? "would be moved" : "moved") + $" to {Trash}";
        yield return $"{HumanText.Count(removed, "checkpoint")} {done} ({HumanText.Size(Trash is null ? BytesFreed - BytesEmptied : BytesMoved)}), "
            + $"{HumanText.Count(kept, "checkpoint")} kept ({HumanText.Size(BytesKept)}); took {HumanText.Duration(Duration)}.";
        if (BytesEmptied > 0)
            yield return $"{HumanText.Size(BytesEmptied)} in the trash for too long {(DryRun ? "would be deleted" : "deleted")}.";
        if (Leftovers.Count(static o => o.Error is null) is > 0 and var leftovers)
        {
            yield return $"{HumanText.Count(leftovers, "leftover")} {(DryRun ? "would be removed" : "removed")}: unfinished uploads and hidden versions "
                + $"({HumanText.Size(Leftovers.Where(static o => o.Error is null).Sum(static o => o.Bytes))}).";
        }

        if (IsVersioned)
            yield return "The bucket is versioned: deletions write delete markers, and the content stays behind them. Set DeleteHiddenVersionsAfter to free it.";
        foreach (var run in Runs)
        {
            var order = run.Ordering == CheckpointOrdering.Step ? "step" : "time";
            yield return $"Run {run.Name}: {run.Layout}, {HumanText.Count(run.Checkpoints, "checkpoint")}, ordered by {order}"
                + (run.StepsContradictTimes ? ", because lower steps are younger than higher ones: a restart, most likely. The highest steps are kept too." : ".");
        }

        if (OtherObjects > 0)
            yield return $"Left alone: {HumanText.Count(OtherObjects, "object")} outside of checkpoints.";
    }

    private static string Verb(PruneResult result, string? trash) => result switch
    {
        PruneResult.Kept => "keep",
        PruneResult.Planned => trash is null ? "would remove" : "would move",
        PruneResult.Removed => trash is null ? "removed" : "moved",
        PruneResult.Gone => "gone",
        _ => "not removed",
    };
}
