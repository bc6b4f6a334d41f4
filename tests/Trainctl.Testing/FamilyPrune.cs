using System.Collections.Concurrent;
using NUnit.Framework;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing.Pruning;

namespace Trainctl.Testing;

/// <summary>Writes runs, prunes them with the real engine, and compares what is left. A concrete fixture says where a run lies and how it comes there.</summary>
public abstract class FamilyPrune
{
    private const int PrunesAtOnce = 8;

    /// <summary>Whether the store tells when checkpoints were saved; otherwise it only tells when they came, and they came just now.</summary>
    protected virtual bool HasTimes => true;

    protected abstract EngineHost Host { get; }

    /// <summary>Puts a run into a new location and answers where that is.</summary>
    /// <param name="name">A name that no other location of the fixture has.</param>
    /// <param name="run">What to put there.</param>
    protected abstract Task<ObjectUrl> WriteAsync(string name, FamilyRun run);

    /// <summary>Keys of all objects at the location of that name.</summary>
    protected abstract Task<IEnumerable<string>> KeysAsync(string name);

    /// <summary>Keys of objects that belong to a whole checkpoint and are no part of what its family writes.</summary>
    protected virtual IEnumerable<string> KeysBesides(FamilyRun run, int step) => [];

    /// <summary>Prunes a run by each policy, and before the first one without any: that changes nothing, so the policy has the same to work on.</summary>
    protected async Task AssertPrunesLeaveWhatTheyMustAsync(RunFamily family, RunForm form, IReadOnlyCollection<PrunePolicy> policies)
    {
        var now = DateTimeOffset.UtcNow;
        var runs = policies.Select(static p => p.NeedsMetric).Distinct().ToDictionary(static m => m, m => FamilyRun.Create(family, form, now, m));
        var outcomes = new ConcurrentBag<Outcome>();
        await Parallel.ForEachAsync(policies, new ParallelOptions { MaxDegreeOfParallelism = PrunesAtOnce }, async (policy, _) =>
        {
            var run = runs[policy.NeedsMetric];
            var name = $"{family.Name}, {form}, {policy.Name}";
            var location = await WriteAsync(name, run);
            if (policy == policies.First())
                outcomes.Add(await PruneAsync(location, name, run, PrunePolicy.Empty));
            outcomes.Add(await PruneAsync(location, name, run, policy));
        });

        Assert.Multiple(() =>
        {
            Assert.That(outcomes, Has.Exactly(policies.Count + 1).Items);
            foreach (var (policy, expected, left, report) in outcomes)
            {
                Assert.That(left, Is.EqualTo(expected), policy.Name);
                Assert.That(report.ExitCode, Is.Zero, policy.Name);
                Assert.That(report.Units.Select(static u => u.Decision.Unit.Layout), Is.All.EqualTo(family.Layout).And.Exactly(5).Items, policy.Name);
            }
        });
    }

    private async Task<Outcome> PruneAsync(ObjectUrl location, string name, FamilyRun run, PrunePolicy policy)
    {
        var settings = policy.Apply(new PruneCheckpointsSettings { Location = location, Pattern = run.Family.Pattern }, run);
        var report = await new TrainctlEngine(Host).PruneCheckpointsAsync(settings);
        return new Outcome(policy, Expected(run, policy), [.. (await KeysAsync(name)).Order(StringComparer.Ordinal)], report);
    }

    private string[] Expected(FamilyRun run, PrunePolicy policy)
    {
        var steps = policy.Survivors(run, HasTimes).Concat(run.Family.Named(run.Form)).ToHashSet();
        if (run.Incomplete is { } incomplete && (policy.IsEmpty || LooksInFlight(run)))
            steps.Add(incomplete);
        var files = run.Files.Where(f => f.Step is not { } step || steps.Contains(step)).Select(static f => f.Key);
        return [.. files.Concat(run.Complete.Where(steps.Contains).SelectMany(step => KeysBesides(run, step))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether nothing complete is surely newer than what is not complete: without numbers and without times nobody knows.</summary>
    private bool LooksInFlight(FamilyRun run) => run.Form == RunForm.NewestTruncated || (run.Family.HasNoNumbers && !HasTimes);

    private sealed record Outcome(PrunePolicy Policy, string[] Expected, string[] Left, PruneReport Report);
}
