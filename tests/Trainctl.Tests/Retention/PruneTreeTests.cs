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
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(60);

    /// <summary>It stands still: two prunes of different seconds would use two folders of the trash, and a restore takes one.</summary>
    private static readonly TimeProvider Clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.Zero));

    private static readonly Arbitrary<Scene> Scenes = (
        from units in Gen.NonEmptyListOf(UnitGen())
        from pointer in Gen.Choose(0, 12)
        from keepLast in Gen.Choose(1, 3)
        from hasTrash in Gen.Elements(true, false)
        from stop in Gen.Choose(0, 80)
        select new Scene([.. units.DistinctBy(static u => u.Path)], pointer, keepLast, hasTrash, stop)).ToArbitrary();

    [Test]
    public void The_newest_complete_one_what_a_pointer_names_and_unknown_files_are_never_lost() => Holds(static async scene =>
    {
        var store = await scene.WriteAsync();
        var before = await CheckpointCatalog.ReadAsync(store);

        await PruneAsync(scene, store);

        var left = await KeysAsync(store);
        var precious = before.Runs.Select(static r => r.NewestComplete).OfType<CheckpointUnit>()
            .Concat(before.Units.Where(u => before.Pointers.Any(p => p.Targets.Contains(u.Path))))
            .Concat(before.Units.Where(static u => u.State == CheckpointState.InFlight));
        return precious.SelectMany(static u => u.Objects).Concat(before.OtherObjects).Concat(before.Pointers.Select(static p => p.Stored).OfType<StoredObject>())
            .All(o => left.Contains(o.Key));
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

        return NoneIsTornAndComplete(before, between) && Visible(await KeysAsync(store)).SequenceEqual(Visible(await KeysAsync(reference)))
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

        return report.ExitCode == 0 && NoneIsTornAndComplete(before, between) && Visible(await KeysAsync(store)).SequenceEqual(Visible(await KeysAsync(reference)));
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

    private static Gen<Unit> UnitGen() =>
        from run in Gen.Elements("a", "b/c", "files")
        from step in Gen.Choose(1, 12)
        from damage in Gen.Frequency((5, Gen.Constant(Damage.None)), (1, Gen.Constant(Damage.Truncated)), (1, Gen.Constant(Damage.NoMarker)), (1, Gen.Constant(Damage.NoShard)))
        from hasMore in Gen.Elements(true, false)
        select new Unit(run, step, damage, hasMore);

    /// <summary>A complete one has all that it had: nothing that lost an object may seem to be whole.</summary>
    private static bool NoneIsTornAndComplete(CheckpointCatalog before, CheckpointCatalog between) => between.Units.Where(static u => u.State == CheckpointState.Complete)
        .All(u => before.Units.Single(b => b.Path == u.Path).Objects.All(o => o.Key == u.ManifestKey || u.Objects.Any(n => n.Key == o.Key)));

    private static IEnumerable<string> Visible(IEnumerable<string> keys) =>
        keys.Where(static k => !k.StartsWith(".trash/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static TrainctlEngine Engine(IObjectStore store) =>
        new(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => store, Time = Clock });

    private static Task<PruneReport> PruneAsync(Scene scene, IObjectStore store, string? trash = null) =>
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

    private static void Holds(Func<Scene, Task<bool>> property) => Check.One(Settings, Prop.ForAll(Scenes, scene => property(scene).GetAwaiter().GetResult()));

    private enum Damage
    {
        None,
        Truncated,
        NoMarker,
        NoShard,
    }

    /// <summary>One checkpoint: a Trainer's folder with shards, or loose shards with an index, whole or not; with files that nobody knows, or without.</summary>
    private sealed record Unit(string Run, int Step, Damage Damage, bool HasMore)
    {
        public string Path => Run == "files" ? $"files/step_{Step}" : $"{Run}/checkpoint-{Step}";

        public IEnumerable<(string Key, byte[] Content)> Files()
        {
            var stem = Run == "files" ? $"files/step_{Step}-" : $"{Path}/model-";
            for (var shard = 1; shard <= 3; shard++)
            {
                if (shard != 2 || Damage != Damage.NoShard)
                    yield return ($"{stem}0000{shard}-of-00003.safetensors", Damage == Damage.Truncated && shard == 3 ? ModelFile.Safetensors().Cut() : ModelFile.Safetensors());
            }

            if (Run == "files")
            {
                if (Damage != Damage.NoMarker)
                    yield return ($"{stem[..^1]}.safetensors.index.json", Index(stem));
                yield break;
            }

            yield return ($"{Path}/model.safetensors.index.json", Index(stem));
            if (HasMore)
            {
                yield return ($"{Path}/aaa.txt", [1]);
                yield return ($"{Path}/vocab/zzz.txt", [1]);
            }

            if (Damage != Damage.NoMarker)
                yield return ($"{Path}/trainer_state.json", System.Text.Encoding.UTF8.GetBytes($$"""{"global_step":{{Step}}}"""));
        }

        private static byte[] Index(string stem)
        {
            var name = stem[(stem.LastIndexOf('/') + 1)..];
            return System.Text.Encoding.UTF8.GetBytes(
                $$$"""{"weight_map":{"a":"{{{name}}}00001-of-00003.safetensors","b":"{{{name}}}00002-of-00003.safetensors","c":"{{{name}}}00003-of-00003.safetensors"}}""");
        }
    }

    private sealed record Scene(Unit[] Units, int Pointer, int KeepLast, bool HasTrash, int Stop)
    {
        public PruneCheckpointsSettings Prune => new() { Location = "s3://memory", KeepLast = KeepLast, Trash = HasTrash ? ".trash" : null };

        public async Task<MemoryStore> WriteAsync()
        {
            var store = new MemoryStore();
            var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
            foreach (var unit in Units)
            {
                foreach (var (key, content) in unit.Files())
                    await store.PutAsync(key, content, new PutOptions { ContentModifiedAt = start.AddHours(unit.Step) });
            }

            await store.PutAsync("a/trainer_state.json", System.Text.Encoding.UTF8.GetBytes($$"""{"global_step":1,"best_global_step":{{Pointer}}}"""), new PutOptions());
            await store.PutAsync("a/notes.txt", new byte[] { 1 }, new PutOptions());
            await store.PutAsync("files/shard-00001.tar", new byte[] { 1 }, new PutOptions());
            return store;
        }

        public override string ToString() =>
            $"keep {KeepLast}, best {Pointer}, trash {HasTrash}, stop {Stop}: {string.Join(", ", Units.Select(static u => $"{u.Path} {u.Damage}{(u.HasMore ? "+" : "")}"))}";
    }
}
