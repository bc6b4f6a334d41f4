using System.Globalization;
using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Checkpoints.Verification;

/// <summary>Which checkpoints can be restored from.</summary>
public sealed record VerifyCheckpointsReport : Report
{
    /// <summary>The location.</summary>
    public required string Location { get; init; }

    /// <summary>One for each checkpoint.</summary>
    public required IReadOnlyList<VerifiedUnit> Units { get; init; }

    /// <inheritdoc/>
    public override int ExitCode => Units.Any(static u => u.Result is VerifyResult.Damaged or VerifyResult.Incomplete) ? ErrorCatalog.IntegrityFailure
        : Units.Any(static u => u.Result == VerifyResult.Unread) || Problems.Any(static p => p.IsFailure) ? ErrorCatalog.StoreFailure
        : base.ExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText
    {
        get
        {
            var bad = Units.Where(static u => u.Result is not (VerifyResult.Proven or VerifyResult.Whole)).ToArray();
            if (bad.Length > 0)
                return $"{ErrorCatalog.Code(Failure)}: {HumanText.Count(bad.Length, "checkpoint")} at '{Location}' cannot be relied on. The first: {bad[0].Path}: {bad[0].Why}.";
            return Problems.FirstOrDefault(static p => p.IsFailure) is { } hidden
                ? $"{ErrorCatalog.Code(Failure)}: not all at '{Location}' could be listed, so there may be checkpoints that nobody verified. {hidden.Message}"
                : null;
        }
    }

    /// <summary>What goes with the exit code.</summary>
    private TrainctlError Failure => ExitCode == ErrorCatalog.IntegrityFailure ? TrainctlError.IncompleteCheckpoint : TrainctlError.ReadFailed;

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        $"{Operation}: {Location}",
        [
            new ReportTable(
                null,
                [new("checkpoint"), new("layout"), new("objects", AlignRight: true), new("size", AlignRight: true), new("result"), new("why")],
                [
                    .. Units.Select(static u => (IReadOnlyList<string>)
                    [
                        u.Path, u.Layout, u.Objects.ToString("#,0", CultureInfo.InvariantCulture), HumanText.Size(u.Bytes), u.Result.ToString().ToLowerInvariant(), u.Why,
                    ]),
                ]),
            TransferTables.Unlisted(this),
        ],
        [
            $"{HumanText.Count(Units.Count(static u => u.Result == VerifyResult.Proven), "checkpoint")} proven, "
                + $"{Units.Count(static u => u.Result == VerifyResult.Whole)} whole, "
                + $"{Units.Count(static u => u.Result is not (VerifyResult.Proven or VerifyResult.Whole))} not; "
                + $"{HumanText.Size(Units.Sum(static u => u.BytesRead))} read; took {HumanText.Duration(Duration)}.",
            .. Notes,
        ]);
}

/// <summary>How one checkpoint was verified.</summary>
/// <param name="Path">The checkpoint.</param>
/// <param name="Layout">Its layout.</param>
/// <param name="Objects">How many objects it has.</param>
/// <param name="Bytes">Their size together.</param>
/// <param name="BytesRead">How many of these bytes were read and compared.</param>
/// <param name="Result">The verdict.</param>
/// <param name="Why">In a few words.</param>
public sealed record VerifiedUnit(string Path, string Layout, int Objects, long Bytes, long BytesRead, VerifyResult Result, string Why);

/// <summary>Whether a checkpoint can be restored from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerifyResult>))]
public enum VerifyResult
{
    /// <summary>Every byte was read and is what was recorded when it was published.</summary>
    Proven,

    /// <summary>Everything that its layout demands is there and has the right length. There is no record of its content, or it was not asked for.</summary>
    Whole,

    /// <summary>Something is missing or cut short.</summary>
    Incomplete,

    /// <summary>Its content is not what was recorded.</summary>
    Damaged,

    /// <summary>It could not be read, so nothing is known.</summary>
    Unread,
}
