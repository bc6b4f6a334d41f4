using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention;

/// <summary>Whatever lies there, in whatever state, and wherever a prune is interrupted.</summary>
public sealed class PruneTreeTests
{
    private static readonly Config Settings = PropertySearch.Of(60);

    /// <summary>It stands still: two prunes of different seconds would use two folders of the trash, and a restore takes one.</summary>
    private static readonly TimeProvider Clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(PruneTree.Now);

    [Test]
    public void The_newest_complete_one_what_a_pointer_names_what_is_pinned_and_unknown_files_are_never_lost() => Holds(static async scene =>
    {
        var store = await scene.WriteAsync();
        var before = await CheckpointCatalog.ReadAsync(store);

        await PruneAsync(scene, store);

        var left = await KeysAsync(store);
        var precious = before.Runs.Select(static r => r.NewestComplete).OfType<CheckpointUnit>()
            .Concat(before.Units.Where(u => before.Pointers.Any(p => p.Targets.Contains(u.Path))))
            .Concat(before.Units.Where(static u => u.State == CheckpointState.InFlight || u.Pin is not null));
        return precious.SelectMany(static u => u.Objects).Concat(before.OtherObjects).Concat(before.Pointers.Select(static p => p.Stored).OfType<StoredObject>())
            .All(o => left.Contains(o.Key)) && scene.Unknown.Concat(scene.PinnedKeys).All(left.Contains);
    });

    [Test]
    public void A_plan_applied_twice_is_a_plan_applied_once() => Holds(static async scene =>
    {
        var store = await scene.WriteAsync();
        var plan = await Engine(store).PlanPruneAsync(scene.Prune);

        var first = await Engine(store).ApplyPruneAsync(plan);
        var between = await KeysAsync(store);
        var second = await Engine(store).ApplyPruneAsync(plan);

        return first.ExitCode == 0 && second.ExitCode == 0 && second.Objects.Count == 0 && between.SetEquals(await KeysAsync(store));
    });

    [Test]
    public void A_plan_does_what_a_prune_does() => Holds(static async scene =>
    {
        var (one, other) = (await scene.WriteAsync(), await scene.WriteAsync());

        await PruneAsync(scene, one);
        await Engine(other).ApplyPruneAsync(PrunePlan.Parse((await Engine(other).PlanPruneAsync(scene.Prune)).ToJson()));

        return Visible(await KeysAsync(one)).SequenceEqual(Visible(await KeysAsync(other)));
    });

    [Test]
    public void An_interrupted_prune_leaves_whole_or_incomplete_ones_and_the_next_one_ends_it() => Holds(static async scene =>
    {
        var (store, reference) = (await scene.WriteAsync(), await scene.WriteAsync());
        var before = await CheckpointCatalog.ReadAsync(store);
        var wasInterrupted = await InterruptAsync(() => PruneAsync(scene, new InterruptedStore(store, scene.Stop)));

        var between = await CheckpointCatalog.ReadAsync(store);
        await PruneAsync(scene, store);
        await PruneAsync(scene, reference);

        return NoneIsTornAndComplete(before, between) && EndsAlike(scene, await KeysAsync(store), await KeysAsync(reference))
            && (wasInterrupted || between.Units.Count() <= before.Units.Count());
    });

    [Test]
    public void An_interrupted_plan_is_ended_by_applying_it_again() => Holds(static async scene =>
    {
        var (store, reference) = (await scene.WriteAsync(), await scene.WriteAsync());
        var before = await CheckpointCatalog.ReadAsync(store);
        var plan = await Engine(store).PlanPruneAsync(scene.Prune);
        await InterruptAsync(() => Engine(new InterruptedStore(store, scene.Stop)).ApplyPruneAsync(plan));

        var between = await CheckpointCatalog.ReadAsync(store);
        var report = await Engine(store).ApplyPruneAsync(plan);
        await PruneAsync(scene, reference);

        return (report.ExitCode == 0 || report.Objects.All(o => o.Error is null || scene.EndsOtherwise(o.Key))) && NoneIsTornAndComplete(before, between) && EndsAlike(scene, await KeysAsync(store), await KeysAsync(reference));
    });

    [Test]
    public void What_went_to_the_trash_by_an_interrupted_prune_comes_back_whole() => Holds(static async scene =>
    {
        var store = await scene.WriteAsync();
        var before = await KeysAsync(store);
        await InterruptAsync(() => PruneAsync(scene, new InterruptedStore(store, scene.Stop), ".trash"));
        await PruneAsync(scene, store, ".trash");
        if ((await KeysAsync(store)).SetEquals(before))
            return true;

        await InterruptAsync(() => RestoreAsync(new InterruptedStore(store, scene.Stop / 2)));
        if ((await KeysAsync(store)).Any(static k => k.StartsWith(".trash/", StringComparison.Ordinal) && !k.Contains(".trainctl-trash", StringComparison.Ordinal)))
            await RestoreAsync(store);

        return Visible(await KeysAsync(store)).SequenceEqual(before.Order(StringComparer.Ordinal));
    });

    /// <summary>A complete one was there and has all that it had: nothing that lost an object may seem to be whole.</summary>
    private static bool NoneIsTornAndComplete(CheckpointCatalog before, CheckpointCatalog between) => between.Units.Where(static u => u.State == CheckpointState.Complete)
        .All(u => before.Units.SingleOrDefault(b => b.Path == u.Path)?.Objects.All(o => o.Key == u.ManifestKey || u.Objects.Any(n => n.Key == o.Key)) == true);

    private static bool EndsAlike(PruneTree scene, IEnumerable<string> keys, IEnumerable<string> reference) =>
        Visible(keys.Where(k => !scene.EndsOtherwise(k))).SequenceEqual(Visible(reference.Where(k => !scene.EndsOtherwise(k))));

    private static IEnumerable<string> Visible(IEnumerable<string> keys) =>
        keys.Where(static k => !k.StartsWith(".trash/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static TrainctlEngine Engine(IObjectStore store) =>
        new(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => store, Time = Clock });

    private static Task<PruneReport> PruneAsync(PruneTree scene, IObjectStore store, string? trash = null) =>
        Engine(store).PruneCheckpointsAsync(trash is null ? scene.Prune : scene.Prune with { Trash = trash });

    private static Task<RestoreReport> RestoreAsync(IObjectStore store) => Engine(store).RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "s3://memory" });

    private static async Task<bool> InterruptAsync(Func<Task> work)
    {
        try
        {
            await work();
            return false;
        }
        catch (InterruptedException)
        {
            return true;
        }
    }

    private static async Task<HashSet<string>> KeysAsync(MemoryStore store)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var found in store.ListAsync(new ListRequest()))
            keys.Add(found.Key);
        return keys;
    }

    private static void Holds(Func<PruneTree, Task<bool>> property) => Check.One(Settings, Prop.ForAll(PruneTree.Trees, scene => property(scene).GetAwaiter().GetResult()));
}
