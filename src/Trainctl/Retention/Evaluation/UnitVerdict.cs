using Trainctl.Checkpoints;

namespace Trainctl.Retention.Evaluation;

/// <summary>What is known so far about one checkpoint while a run is decided.</summary>
internal sealed class UnitVerdict(CheckpointUnit unit)
{
    private readonly List<KeepReason> _reasons = [];
    private List<string>? _overridden;
    private string? _limit;

    public CheckpointUnit Unit => unit;

    public bool IsKept => _reasons.Count > 0;

    public void Keep(KeepReason reason) => _reasons.Add(reason);

    /// <summary>Notes a protection that holds, or that the policy overrides by a flag.</summary>
    public void Protect(Protection protection)
    {
        if (protection.OverriddenBy is { } flag)
            (_overridden ??= []).Add($"{protection.Short}, which {flag} overrides");
        else
            _reasons.Add(protection.Reason);
    }

    /// <summary>A limit takes away what rules about number and age gave; what names a checkpoint, ranks it best or protects it stands.</summary>
    public void Limit(string reason)
    {
        var wasKept = IsKept;
        _reasons.RemoveAll(static r => !StandsAgainstLimits(r.Rule));
        if (wasKept && !IsKept)
            _limit = reason;
    }

    public RetentionDecision Decide() => new()
    {
        Unit = unit,
        KeepReasons = _reasons,
        RemovalReason = IsKept ? null : string.Join("; ", [RemovalReason(), .. _overridden ?? []]),
    };

    private string RemovalReason() => _limit ?? (unit.State == CheckpointState.Complete ? "no rule keeps it" : $"incomplete: {unit.StateReason}");

    private static bool StandsAgainstLimits(KeepRule rule) => rule is not (KeepRule.WithinLimits or KeepRule.KeepLast or KeepRule.KeepEverySteps
        or KeepRule.KeepWithin or KeepRule.KeepHourly or KeepRule.KeepDaily or KeepRule.KeepWeekly);
}
