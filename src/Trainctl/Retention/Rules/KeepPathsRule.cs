using Trainctl.Checkpoints;
using Trainctl.Retention.Evaluation;
using Trainctl.Sync;

namespace Trainctl.Retention.Rules;

/// <summary>Keeps what the user named by a glob, complete or not.</summary>
internal sealed class KeepPathsRule(IEnumerable<string> patterns) : IRetentionRule
{
    private readonly (KeyFilter Filter, KeepReason Reason)[] _patterns =
        [.. patterns.Distinct(StringComparer.Ordinal).Select(static p => (new KeyFilter([p], []), new KeepReason(KeepRule.KeepPaths, $"matches '{p}'")))];

    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run) =>
        from pattern in _patterns
        from unit in run.Run.Units
        where pattern.Filter.Accepts(unit.Path)
        select (unit, pattern.Reason);
}
