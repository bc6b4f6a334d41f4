using NUnit.Framework;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing.Pruning;

namespace Trainctl.Testing;

/// <summary>
/// What a prune leaves of the run of each family, whole or broken, under each policy: exactly the expected checkpoints with all that belongs to them, the
/// pointers and the unknown files. A concrete fixture says where the run lies and how it came there.
/// </summary>
public abstract class FamilyPruneContract
{
    private const int PrunesAtOnce = 8;

    /// <summary>Whether the store tells when checkpoints were saved; otherwise it only tells when they came, and they came just now.</summary>
    protected virtual bool HasTimes => true;

    /// <summary>Whether something incomplete seems to be newer than all that is complete, so that it may still be written.</summary>
    protected virtual bool LooksInFlight(FamilyRun run) => run.Form == RunForm.NewestTruncated;

    protected abstract EngineHost Host { get; }

    /// <summary>Puts a run into a new location.</summary>
    /// <param name="name">A name that no other location of the fixture has.</param>
    /// <param name="run">What to put there.</param>
    protected abstract Task<ObjectUrl> WriteAsync(string name, FamilyRun run);

    /// <summary>Keys of objects that belong to whole checkpoints and are no part of what their family writes.</summary>
    protected virtual IEnumerable<string> KeysBesides(FamilyRun run, int step) => [];

    [Test]
    public async Task A_prune_leaves_exactly_what_its_policy_says(
        [ValueSource(typeof(RunFamilies), nameof(RunFamilies.All))] RunFamily family, [Values] RunForm form)
    {
        var outcomes = new Outcome[PrunePolicy.All.Count];
        await Parallel.ForAsync(0, outcomes.Length, new ParallelOptions { MaxDegreeOfParallelism = PrunesAtOnce }, async (i, _) =>
            outcomes[i] = await PruneAsync($"{family.Name}, {form}, {i}", family, form, PrunePolicy.All[i]));

        Assert.Multiple(() =>
        {
            foreach (var (policy, expected, left, report) in outcomes)
            {
                Assert.That(left, Is.EqualTo(expected), policy.Name);
                Assert.That(report.ExitCode, Is.Zero, policy.Name);
                Assert.That(report.Units.Select(static u => u.Decision.Unit.Layout), Is.All.EqualTo(family.Layout).And.Exactly(5).Items, policy.Name);
            }
        });
    }

    private async Task<Outcome> PruneAsync(string name, RunFamily family, RunForm form, PrunePolicy policy)
    {
        var run = FamilyRun.Create(family, form, DateTimeOffset.UtcNow, policy.NeedsMetric);
        var location = await WriteAsync(name, run);
        var settings = policy.Apply(new PruneCheckpointsSettings { Location = location, Pattern = family.Pattern }, run);
        var report = await new TrainctlEngine(Host).PruneCheckpointsAsync(settings);
        return new Outcome(policy, Expected(run, policy), await ListAsync(location), report);
    }

    private string[] Expected(FamilyRun run, PrunePolicy policy)
    {
        var steps = policy.Survivors(run, HasTimes).Concat(run.Family.Named(run.Form)).ToHashSet();
        if (run.Incomplete is { } incomplete && (policy.IsEmpty || LooksInFlight(run)))
            steps.Add(incomplete);
        var files = run.Files.Where(f => f.Step is not { } step || steps.Contains(step)).Select(static f => f.Key);
        return [.. files.Concat(run.Complete.Where(steps.Contains).SelectMany(step => KeysBesides(run, step))).Order(StringComparer.Ordinal)];
    }

    private async Task<string[]> ListAsync(ObjectUrl location)
    {
        await using var store = StoreOpener.Open(location, StoreSettings.Default, Host);
        return [.. (await store.ListAsync(new ListRequest()).Select(static found => found.Key).ToListAsync()).Order(StringComparer.Ordinal)];
    }

    private sealed record Outcome(PrunePolicy Policy, string[] Expected, string[] Left, PruneReport Report);
}
