using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Checkpoints;

/// <summary>What publishing did, or would do.</summary>
public sealed record UploadCheckpointsReport : Report
{
    /// <summary>Where the checkpoints were read.</summary>
    public required string Source { get; init; }

    /// <summary>Where they were published.</summary>
    public required string Destination { get; init; }

    /// <summary>One for each checkpoint at the source.</summary>
    public required IReadOnlyList<PublishedUnit> Units { get; init; }

    /// <inheritdoc/>
    public override int ExitCode => Units.Any(static u => u.Result == PublishResult.Failed) ? ErrorCatalog.PartialFailure : base.ExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText =>
        !HasFailedObjects && Units.Where(static u => u.Result == PublishResult.Failed).ToArray() is [var first, ..] failed
            ? $"{ErrorCatalog.Code(TrainctlError.ObjectsFailed)}: {HumanText.Count(failed.Length, "checkpoint")} not published, the rest is done; the report lists each. "
                + $"The first: {first.Path}: {first.Why}"
            : null;

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        TransferTables.Title(Operation, Source, Destination, DryRun),
        [
            new ReportTable(
                null,
                [new("checkpoint"), new("size", AlignRight: true), new("decision"), new("why")],
                [.. Units.Select(u => (IReadOnlyList<string>)[u.Path, HumanText.Size(u.Bytes), Verb(u.Result), u.Why])]),
            .. TransferTables.Tables(this, detailed),
        ],
        [TransferTables.Total(this, Counts), .. TransferTables.Unproven(this), .. Notes]);

    private string Counts
    {
        get
        {
            var unchanged = $"{HumanText.Count(Units.Count(static u => u.Result == PublishResult.Unchanged), "checkpoint")} unchanged";
            var leftOut = Units.Count(static u => u.Result == PublishResult.LeftOut);
            return leftOut == 0 ? unchanged : $"{unchanged}, {leftOut} left out";
        }
    }

    internal static string Verb(PublishResult result) => result switch
    {
        PublishResult.Unchanged => "unchanged",
        PublishResult.Planned => "would publish",
        PublishResult.Published => "published",
        PublishResult.LeftOut => "left out",
        _ => "not published",
    };
}

/// <summary>What became of one checkpoint.</summary>
/// <param name="Path">The checkpoint.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Result">What was done.</param>
/// <param name="Why">Why, in a few words.</param>
public sealed record PublishedUnit(string Path, long Bytes, PublishResult Result, string Why);

/// <summary>What publishing does with a checkpoint.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PublishResult>))]
public enum PublishResult
{
    /// <summary>The destination has it already, equal.</summary>
    Unchanged,

    /// <summary>Would be published: this was a dry run.</summary>
    Planned,

    /// <summary>All its objects are at the destination, and the manifest says so.</summary>
    Published,

    /// <summary>Not complete, so not published.</summary>
    LeftOut,

    /// <summary>It could not be read whole, changed meanwhile, or an object of it failed; so it has no manifest.</summary>
    Failed,
}
