using System.Globalization;
using Trainctl.Checkpoints;

namespace Trainctl.Retention.Evaluation;

/// <summary>Something that keeps a checkpoint whatever the rules say.</summary>
/// <param name="Reason">What it is.</param>
/// <param name="OverriddenBy">Name of the policy's flag that lifts it; null when it holds.</param>
internal sealed record Protection(KeepReason Reason, string? OverriddenBy)
{
    /// <summary>What is lifted, where the reason says more than that.</summary>
    public string Short { get; init; } = Reason.Text;
}

/// <summary>All protections of one run. Each can be lifted by its own flag only; pins, ages and what must not be touched cannot.</summary>
/// <param name="run">The run.</param>
/// <param name="targets">The pointers to each path.</param>
/// <param name="shared">See <see cref="SharedSteps"/>.</param>
/// <param name="policy">Whose flags lift them.</param>
internal sealed class Protections(
    RunView run, ILookup<string, CheckpointPointer> targets, IReadOnlyDictionary<CheckpointUnit, int> shared, RetentionPolicy policy)
{
    private readonly CheckpointUnit? _newest = run.Complete.Count > 0 ? run.Complete[0] : null;
    private readonly CheckpointUnit? _highest = run.HighestFirst is [var highest, ..] ? highest : null;

    public IEnumerable<Protection> Of(CheckpointUnit unit)
    {
        if (ReferenceEquals(unit, _newest))
            yield return Newest("newest complete");
        else if (ReferenceEquals(unit, _highest))
            yield return Newest("highest complete step");
        foreach (var pointer in targets[unit.Path])
            yield return Pointed(pointer);
        if (unit.State != CheckpointState.Complete && MayBeInFlight(unit))
            yield return InFlight(unit);
        if (unit.Pin is not null)
            yield return new Protection(new KeepReason(KeepRule.Pin, unit.Pin), null);
        if (policy.MinAge > TimeSpan.Zero && run.Age(unit) < policy.MinAge)
            yield return new Protection(new KeepReason(KeepRule.MinAge, (run.IsOwnTime(unit) ? "" : "a lower step is ") + $"younger than {AgeText.Of(policy.MinAge)}"), null);
        if (unit.Untouchable is not null)
            yield return new Protection(new KeepReason(KeepRule.Untouchable, unit.Untouchable), null);
    }

    /// <summary>What holds a checkpoint that nothing else does; so it costs no other one its place under a limit.</summary>
    public Protection? SharedStep(CheckpointUnit unit) => shared.TryGetValue(unit, out var parts) && !ReferenceEquals(unit, _newest) && !ReferenceEquals(unit, _highest)
        ? Newest(string.Create(CultureInfo.InvariantCulture, $"newest step that all {parts} parts have"))
        : null;

    private bool MayBeInFlight(CheckpointUnit unit) =>
        unit.State == CheckpointState.InFlight || _newest is null || RunOrder.MayBeNewer(unit, _newest);

    private Protection Newest(string text) =>
        new(new KeepReason(KeepRule.NewestComplete, text), policy.AllowRemovingNewest ? nameof(policy.AllowRemovingNewest) : null);

    private Protection InFlight(CheckpointUnit unit) => new(
        new KeepReason(KeepRule.InFlight, $"{unit.StateReason}; nothing newer is complete, so it may still be written"),
        policy.AllowRemovingInFlight ? nameof(policy.AllowRemovingInFlight) : null)
    {
        Short = "it may still be written",
    };

    private Protection Pointed(CheckpointPointer pointer)
    {
        var (text, isAllowed, flag) = pointer.Kind switch
        {
            PointerKind.Best => ($"best, says {pointer.Key}", policy.AllowRemovingBest, nameof(policy.AllowRemovingBest)),
            PointerKind.Last => ($"{pointer.Key} leads to it", policy.AllowRemovingPointerTargets, nameof(policy.AllowRemovingPointerTargets)),
            PointerKind.Listed => ($"{pointer.Key} lists it", policy.AllowRemovingPointerTargets, nameof(policy.AllowRemovingPointerTargets)),
            _ => ($"the link {pointer.Key} leads to it", policy.AllowRemovingPointerTargets, nameof(policy.AllowRemovingPointerTargets)),
        };
        return new Protection(new KeepReason(KeepRule.PointerTarget, text), isAllowed ? flag : null);
    }
}
