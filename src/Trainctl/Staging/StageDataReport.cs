using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Sync;

namespace Trainctl.Staging;

/// <summary>What staging did, or would do.</summary>
public sealed record StageDataReport : SyncReport
{
    /// <summary>Creates a report.</summary>
    public StageDataReport()
    {
    }

    /// <summary>What a sync did, as a staging without a lock file.</summary>
    [SetsRequiredMembers]
    internal StageDataReport(SyncReport sync)
        : base(sync)
    {
    }

    /// <summary>The lock file; null without one.</summary>
    public string? LockFile { get; init; }

    /// <summary>What the lock file was for this run.</summary>
    public LockUse LockUse { get; init; }

    /// <inheritdoc/>
    public override int ExitCode => IsLockMissing ? ErrorCatalog.PartialFailure
        // All that the lock file names was found, so what could not be listed is nothing of it.
        : LockUse == LockUse.Enforced && !HasFailedObjects ? ErrorCatalog.Success
        : base.ExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText => IsLockMissing && !HasFailedObjects
        ? $"{ErrorCatalog.Code(TrainctlError.ObjectsFailed)}: the lock file '{LockFile}' was not written, because some of the data could not be listed or staged."
            + (Problems is [var first, ..] ? $" The first: {first.Message}" : "")
        : null;

    private bool IsLockMissing => LockFile is not null && LockUse == LockUse.None;
}

/// <summary>What a lock file was for one run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LockUse>))]
public enum LockUse
{
    /// <summary>There was none and none was asked for.</summary>
    None,

    /// <summary>It said what to fetch.</summary>
    Enforced,

    /// <summary>It was written, or in a dry run would have been.</summary>
    Written,
}
