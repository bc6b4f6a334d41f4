using System.Text.Json.Serialization;
using Trainctl.Checkpoints;

namespace Trainctl.Retention;

/// <summary>What kept a checkpoint.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeepRule>))]
public enum KeepRule
{
    /// <summary>There is no rule at all, so everything is kept.</summary>
    NoPolicy,

    /// <summary><see cref="RetentionPolicy.KeepLast"/>.</summary>
    KeepLast,

    /// <summary><see cref="RetentionPolicy.KeepBest"/>.</summary>
    KeepBest,

    /// <summary><see cref="RetentionPolicy.KeepEverySteps"/>.</summary>
    KeepEverySteps,

    /// <summary><see cref="RetentionPolicy.KeepSteps"/>.</summary>
    KeepSteps,

    /// <summary><see cref="RetentionPolicy.KeepWithin"/>.</summary>
    KeepWithin,

    /// <summary><see cref="RetentionPolicy.KeepHourly"/>.</summary>
    KeepHourly,

    /// <summary><see cref="RetentionPolicy.KeepDaily"/>.</summary>
    KeepDaily,

    /// <summary><see cref="RetentionPolicy.KeepWeekly"/>.</summary>
    KeepWeekly,

    /// <summary><see cref="RetentionPolicy.KeepPaths"/>.</summary>
    KeepPaths,

    /// <summary>There are only limits, and it is complete and within them.</summary>
    WithinLimits,

    /// <summary>
    /// Protection: the newest complete checkpoint of its run, or the highest step where steps and times contradict each other, or the newest step that it and
    /// other series of files have together.
    /// </summary>
    NewestComplete,

    /// <summary>Protection: a pointer names it as the best, or as where training goes on, or a link leads to it.</summary>
    PointerTarget,

    /// <summary>Protection: not complete, and nothing newer is: somebody may be writing it.</summary>
    InFlight,

    /// <summary>Protection: somebody pinned it, see <see cref="CheckpointUnit.Pin"/>.</summary>
    Pin,

    /// <summary>Protection: <see cref="RetentionPolicy.MinAge"/>.</summary>
    MinAge,

    /// <summary>Protection: see <see cref="CheckpointUnit.Untouchable"/>.</summary>
    Untouchable,

    /// <summary>Protection: <see cref="PruneCheckpointsSettings.RequireUploaded"/>, and it is not there.</summary>
    NotUploaded,

    /// <summary>Protection: it is not in the plan that is applied.</summary>
    NotPlanned,
}

/// <summary>One reason to keep a checkpoint.</summary>
/// <param name="Rule">What kept it.</param>
/// <param name="Text">The same in a few words.</param>
public sealed record KeepReason(KeepRule Rule, string Text);

/// <summary>What retention decides about one checkpoint.</summary>
public sealed record RetentionDecision
{
    /// <summary>The checkpoint.</summary>
    public required CheckpointUnit Unit { get; init; }

    /// <summary>Everything that keeps it; empty when it is removed.</summary>
    public IReadOnlyList<KeepReason> KeepReasons { get; init; } = [];

    /// <summary>Why it is removed; null when it is kept.</summary>
    public string? RemovalReason { get; init; }

    /// <summary>Whether it is kept.</summary>
    public bool Keep => KeepReasons.Count > 0;

    /// <summary>All reasons in one line.</summary>
    [JsonIgnore]
    public string Why => Keep ? string.Join("; ", KeepReasons.Select(static r => r.Text)) : RemovalReason ?? "";
}
