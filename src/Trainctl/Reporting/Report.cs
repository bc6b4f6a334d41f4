using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Reporting;

/// <summary>What an operation did, or in a dry run would do. Facts only; <see cref="ReportText"/> and its siblings draw it.</summary>
public abstract record Report
{
    /// <summary>The operation, as on the command line: <c>stage-data</c>, <c>sync</c>, …</summary>
    public required string Operation { get; init; }

    /// <summary>Whether nothing was changed on purpose.</summary>
    public required bool DryRun { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>One outcome for each object that was, or would be, changed, and for each that was refused or failed.</summary>
    public IReadOnlyList<ObjectOutcome> Objects { get; init; } = [];

    /// <summary>Things that listings met and could not list.</summary>
    public IReadOnlyList<ListingProblem> Problems { get; init; } = [];

    /// <summary>What a person should know besides, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The exit code of a process whose work was this operation. 0 or <see cref="ErrorCatalog.PartialFailure"/> unless overridden.</summary>
    public virtual int ExitCode => HasFailedObjects || Problems.Any(static p => p.IsFailure) ? ErrorCatalog.PartialFailure : ErrorCatalog.Success;

    /// <summary>Why the operation did not succeed, with its code, where <see cref="Objects"/> and <see cref="Problems"/> do not tell; null otherwise.</summary>
    [JsonIgnore]
    public virtual string? FailureText => null;

    /// <summary>Whether <see cref="Objects"/> tell of a failure.</summary>
    private protected bool HasFailedObjects => Objects.Any(static o => o.Result is OutcomeResult.Failed or OutcomeResult.Refused);

    /// <summary>The report as title, lines and tables, for drawing.</summary>
    /// <param name="detailed">Whether to list every object, and not only those that need attention.</param>
    public abstract ReportDocument Describe(bool detailed = false);
}

/// <summary>What an operation does to one object.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ObjectAction>))]
public enum ObjectAction
{
    /// <summary>Written at the destination.</summary>
    Copy,

    /// <summary>Deleted at the destination.</summary>
    Delete,

    /// <summary>Given another key in the same store: into the trash, or out of it.</summary>
    Move,
}

/// <summary>How it ended for one object.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutcomeResult>))]
public enum OutcomeResult
{
    /// <summary>Would be done: this was a dry run.</summary>
    Planned,

    /// <summary>Done, and proven as <see cref="ObjectOutcome.Proof"/> says.</summary>
    Done,

    /// <summary>Not attempted, because it would not be safe.</summary>
    Refused,

    /// <summary>Attempted and failed; nothing of it is visible.</summary>
    Failed,
}

/// <summary>How strongly it is known that a copy is what it was made of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TransferProof>))]
public enum TransferProof
{
    /// <summary>Only the number of bytes was compared: the source keeps no checksum of the content that could be compared.</summary>
    Size,

    /// <summary>A checksum of the content was compared.</summary>
    Digest,
}

/// <summary>One object's outcome.</summary>
public sealed record ObjectOutcome
{
    /// <summary>The object's key, relative to the operation's root.</summary>
    public required string Key { get; init; }

    /// <summary>What was, or would be, done.</summary>
    public required ObjectAction Action { get; init; }

    /// <summary>How it ended.</summary>
    public required OutcomeResult Result { get; init; }

    /// <summary>Size of the object in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Why the planner decided so, in a few words.</summary>
    public required string Reason { get; init; }

    /// <summary>The content's checksum, once the bytes went through.</summary>
    public string? Checksum { get; init; }

    /// <summary>How the content was proven; null for what was not copied, or only planned.</summary>
    public TransferProof? Proof { get; init; }

    /// <summary>TRAINCTL code of the failure or refusal.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The failure or refusal, one paragraph.</summary>
    public string? Error { get; init; }

    /// <summary>The same outcome, failed or refused.</summary>
    public ObjectOutcome WithFailure(TrainctlException failure) => this with
    {
        Result = failure.Error == TrainctlError.UnsafeKey ? OutcomeResult.Refused : OutcomeResult.Failed,
        ErrorCode = failure.Code,
        Error = failure.Message,
    };
}
