using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Retention.Evaluation;

namespace Trainctl.Retention.Rules;

/// <summary>Keeps every step that a number divides. What has no step is not kept by it.</summary>
internal sealed class KeepEveryStepsRule(long interval) : IRetentionRule
{
    private readonly KeepReason _reason = new(KeepRule.KeepEverySteps, string.Create(CultureInfo.InvariantCulture, $"every {interval} steps"));

    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run) =>
        run.Complete.Where(u => u.Step % interval == 0).Select(u => (u, _reason));
}

/// <summary>Keeps the steps of a list.</summary>
internal sealed class KeepStepsRule(IEnumerable<long> steps) : IRetentionRule
{
    private readonly HashSet<long> _steps = [.. steps];

    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run) => run.Complete
        .Where(u => u.Step is { } step && _steps.Contains(step))
        .Select(static u => (u, new KeepReason(KeepRule.KeepSteps, string.Create(CultureInfo.InvariantCulture, $"step {u.Step} is listed"))));
}
