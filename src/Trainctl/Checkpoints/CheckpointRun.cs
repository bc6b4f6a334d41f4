using System.Text.Json.Serialization;

namespace Trainctl.Checkpoints;

/// <summary>What says which checkpoint of a run is newer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckpointOrdering>))]
public enum CheckpointOrdering
{
    /// <summary>The step, or the epoch where there is no step.</summary>
    Step,

    /// <summary>The time: there is no number, or steps and times contradict each other, as after a restart.</summary>
    Time,
}

/// <summary>One training job's checkpoints of one kind. Retention looks at each run alone, so that no run can push out another's.</summary>
public sealed record CheckpointRun
{
    /// <summary>The folder its checkpoints are in (<c>.</c> for the location itself), and the pattern of their names where a folder may hold several.</summary>
    public required string Name { get; init; }

    /// <summary>Which framework's layout its checkpoints have.</summary>
    public required string Layout { get; init; }

    /// <summary>Its checkpoints, oldest first.</summary>
    public required IReadOnlyList<CheckpointUnit> Units { get; init; }

    /// <summary>What the order of <see cref="Units"/> follows.</summary>
    public required CheckpointOrdering Ordering { get; init; }

    /// <summary>
    /// Whether a checkpoint with a lower step is younger than one with a higher step. The run was restarted, or its times were lost on the way:
    /// both readings must be respected.
    /// </summary>
    public bool StepsContradictTimes { get; init; }

    /// <summary>The newest complete checkpoint; null when none is complete.</summary>
    [JsonIgnore]
    public CheckpointUnit? NewestComplete => Units.LastOrDefault(static u => u.State == CheckpointState.Complete);
}
