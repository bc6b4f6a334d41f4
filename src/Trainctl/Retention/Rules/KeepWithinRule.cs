using Trainctl.Checkpoints;
using Trainctl.Retention.Evaluation;

namespace Trainctl.Retention.Rules;

/// <summary>Keeps what was saved within a time before now, or later; by either reading where steps and times contradict each other.</summary>
internal sealed class KeepWithinRule(TimeSpan age) : IRetentionRule
{
    private readonly KeepReason _own = new(KeepRule.KeepWithin, $"saved within {AgeText.Of(age)}");
    private readonly KeepReason _lower = new(KeepRule.KeepWithin, $"a lower step was saved within {AgeText.Of(age)}");

    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run) =>
        run.Complete.Where(u => run.Age(u) <= age).Select(u => (u, run.Now - u.ModifiedAt <= age ? _own : _lower));
}
