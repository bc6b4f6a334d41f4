using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>Applies a plan that an earlier prune wrote: removes what it says, as long as that is still the same and nothing protects it by now.</summary>
public sealed record ApplyPrunePlanSettings
{
    /// <summary>The plan.</summary>
    public required string PlanFile { get; init; }

    /// <summary>Where the plan must be for; another one is refused. Null: wherever it says.</summary>
    public ObjectUrl? Location { get; init; }

    /// <summary>Only look whether the plan could be applied, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
