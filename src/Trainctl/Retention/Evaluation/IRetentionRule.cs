using Trainctl.Checkpoints;

namespace Trainctl.Retention.Evaluation;

/// <summary>One rule of a policy: which checkpoints of a run it keeps. Pure.</summary>
internal interface IRetentionRule
{
    /// <summary>What it keeps, each with the reason; one checkpoint may have several. Only complete ones count, unless the rule names checkpoints.</summary>
    IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run);
}
