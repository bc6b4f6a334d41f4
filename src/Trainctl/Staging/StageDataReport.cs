using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
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
