using NUnit.Framework;
using Trainctl.Testing.Pruning;

namespace Trainctl.Testing;

/// <summary>
/// What a prune leaves of the run of each family, whole or broken, under each policy: exactly the expected checkpoints with all that belongs to them, the
/// pointers and the unknown files.
/// </summary>
public abstract class FamilyPruneContract : FamilyPrune
{
    /// <summary>Policies to try.</summary>
    protected virtual IReadOnlyCollection<PrunePolicy> Policies => PrunePolicy.All;

    [Test]
    public Task A_prune_leaves_exactly_what_its_policy_says(
        [ValueSource(typeof(RunFamilies), nameof(RunFamilies.All))] RunFamily family, [Values] RunForm form) =>
        AssertPrunesLeaveWhatTheyMustAsync(family, form, Policies);
}
