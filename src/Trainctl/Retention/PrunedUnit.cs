using System.Text.Json.Serialization;
using Trainctl.Checkpoints;

namespace Trainctl.Retention;

/// <summary>What became of one checkpoint.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PruneResult>))]
public enum PruneResult
{
    /// <summary>It stays.</summary>
    Kept,

    /// <summary>It would be removed: this was a dry run.</summary>
    Planned,

    /// <summary>All its objects are gone.</summary>
    Removed,

    /// <summary>Something of it changed since it was looked at, or could not be deleted. The report's objects say what.</summary>
    Failed,

    /// <summary>It was gone already, or another prune is just removing it.</summary>
    Gone,
}

/// <summary>One checkpoint of a prune.</summary>
/// <param name="Decision">What was decided.</param>
/// <param name="Result">What became of it.</param>
public sealed record PrunedUnit(RetentionDecision Decision, PruneResult Result);

/// <summary>One run of a prune.</summary>
/// <param name="Name">The run.</param>
/// <param name="Layout">Its checkpoints' layout.</param>
/// <param name="Checkpoints">How many it has.</param>
/// <param name="Ordering">What their order follows.</param>
/// <param name="StepsContradictTimes">See <see cref="CheckpointRun.StepsContradictTimes"/>.</param>
public sealed record PrunedRun(string Name, string Layout, int Checkpoints, CheckpointOrdering Ordering, bool StepsContradictTimes);
