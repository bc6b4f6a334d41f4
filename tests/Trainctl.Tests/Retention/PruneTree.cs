using FsCheck;
using FsCheck.Fluent;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Testing.Pruning;

namespace Trainctl.Tests.Retention;

/// <summary>A random location: runs of random families, checkpoints whole or not, with pins, pointers and unknown files; and how it is to be pruned.</summary>
internal sealed record PruneTree(TreeCheckpoint[] Checkpoints, int Best, RetentionPolicy Policy, bool HasTrash, int Stop)
{
    public static readonly DateTimeOffset Now = new(2024, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RunFamily[] Families =
    [
        .. RunFamilies.All.Where(static f => f.Pattern is null),
        new("Trainer in shards", "huggingface-trainer", static (folder, steps) => steps.SelectMany(step =>
            ShardedTrainerRun.Checkpoint(step, files: 8).Select(f => ($"{folder}/checkpoint-{step}/{f.Name}", f.Content))))
        {
            UnitName = static step => $"checkpoint-{step}",
        },
        new("Keras in shards", "keras", static (folder, steps) => steps.SelectMany(step => KerasRun.Sharded(folder, step)))
        {
            UnitName = static step => $"cp-epoch-{step:00}.weights.json",
        },
        new("fairseq in shards", "fairseq", static (folder, steps) => steps.SelectMany(step => FairseqRun.Sharded(folder, step / 10, step)))
        {
            UnitName = static step => $"checkpoint_{step / 10}_{step}",
        },
    ];

    public static Arbitrary<PruneTree> Trees { get; } = (
        from count in Gen.Choose(1, 3)
        from runs in Gen.CollectToArray(Enumerable.Range(0, count), Run)
        from best in Gen.Choose(0, 6)
        from policy in Gen.Frequency((1, Gen.Choose(1, 3).Select(static n => new RetentionPolicy { KeepLast = n })), (2, RetentionGen.Policies))
        from hasTrash in Gen.Elements(true, false)
        from stop in Gen.Choose(0, 80)
        select new PruneTree([.. runs.SelectMany(static r => r)], best * 10, Protecting(policy), hasTrash, stop)).ToArbitrary();

    public PruneCheckpointsSettings Prune => new PruneCheckpointsSettings { Location = "s3://memory", Trash = HasTrash ? ".trash" : null }.With(Policy);

    /// <summary>What no policy may remove, as nobody knows it.</summary>
    public IEnumerable<string> Unknown => Checkpoints.Select(static c => c.Run).Distinct().SelectMany(static run => new[] { $"{run}/notes.md", $"{run}/shard-00001.tar" });

    /// <summary>What no policy may remove, as somebody pinned it.</summary>
    public IEnumerable<string> PinnedKeys => Checkpoints.Where(static c => c.IsPinned && c.IsFolder && c.Files().Skip(1).Any()).SelectMany(static c => c.Files()).Select(static f => f.Key);

    /// <summary>
    /// Whether a key may stay after an interruption: of a run in which a file is missed because neighbours have theirs, once these are gone, nobody can tell,
    /// and what is left is kept, or, where it was doubted because the one before it had more, judged by the rules like any other.
    /// </summary>
    public bool EndsOtherwise(string key) => IsOrphan(key) || Checkpoints.Any(c =>
        (c.Family.Layout is "composer" or "fairseq" or "orbax" or "deepspeed" or "huggingface-trainer" or "accelerate" or "torch-distributed" || c.Family.Name == "Keras in shards") && key.StartsWith(c.Run + "/", StringComparison.Ordinal));

    /// <summary>
    /// Whether a key is of what a user put into a checkpoint that lacks a file. What there is of its own may all have to go first, and what is left then
    /// looks like any file; a plan still knows it.
    /// </summary>
    private bool IsOrphan(string key) => Checkpoints.Any(c => c.Damage == TreeDamage.Missing && c.OfUser.Any(f => f.Key == key));

    public async Task<MemoryStore> WriteAsync()
    {
        var store = new MemoryStore(time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now));
        foreach (var checkpoint in Checkpoints)
        {
            foreach (var (key, content) in checkpoint.Files())
                await store.PutAsync(key, content, new PutOptions { ContentModifiedAt = Now.AddHours((checkpoint.Step - 60) * 1.5) });
        }

        foreach (var run in Checkpoints.GroupBy(static c => (c.Run, c.Family)))
        {
            foreach (var (key, content) in run.Key.Family.BesideFiles(run.Key.Run, [.. run.Select(static c => c.Step).Order()]))
                await store.PutAsync(key, content, new PutOptions { ContentModifiedAt = Now.AddHours(-1) });
            if (run.Key.Family.Layout == "huggingface-trainer")
                await store.PutAsync($"{run.Key.Run}/trainer_state.json", TrainerRun.State(10, best: Best), new PutOptions());
        }

        foreach (var key in Unknown)
            await store.PutAsync(key, new byte[] { 1 }, new PutOptions());
        return store;
    }

    public override string ToString() => $"{Policy}, steps {string.Join(' ', Policy.KeepSteps)}, best {Best}, trash {HasTrash}, stop {Stop}: "
        + string.Join(", ", Checkpoints.Select(static c => $"{c.Run}={c.Family} {c.Step} {c.Damage} {c.At}{(c.HasMore ? "+" : "")}{(c.IsPinned ? " pinned" : "")}"));

    /// <summary>Lifted protections are what other tests are about.</summary>
    private static RetentionPolicy Protecting(RetentionPolicy policy) =>
        policy with { AllowRemovingNewest = false, AllowRemovingPointerTargets = false, AllowRemovingBest = false, AllowRemovingInFlight = false };

    private static Gen<TreeCheckpoint[]> Run(int number) =>
        from family in Gen.Elements(Families)
        from steps in Gen.NonEmptyListOf(Gen.Choose(1, 5))
        from checkpoints in Gen.CollectToArray(steps.Distinct(), step => Checkpoint(family, $"run{number}", step * 10))
        select checkpoints;

    private static Gen<TreeCheckpoint> Checkpoint(RunFamily family, string run, int step) =>
        from damage in Gen.Frequency((5, Gen.Constant(TreeDamage.None)), (1, Gen.Constant(TreeDamage.Cut)), (2, Gen.Constant(TreeDamage.Missing)))
        from at in Gen.Choose(0, 30)
        from hasMore in Gen.Elements(true, false)
        from isPinned in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new TreeCheckpoint(family, run, step, damage, at, hasMore, isPinned);
}

/// <summary>What happened to one of a checkpoint's files.</summary>
internal enum TreeDamage
{
    None,
    Cut,
    Missing,
}

/// <summary>One checkpoint of a <see cref="PruneTree"/>.</summary>
internal sealed record TreeCheckpoint(RunFamily Family, string Run, int Step, TreeDamage Damage, int At, bool HasMore, bool IsPinned)
{
    private string? Path => Family.UnitName is { } name ? $"{Run}/{name(Step)}" : null;

    public bool IsFolder => Path is { } path && Family.Checkpoint(Run, Step).All(f => f.Key.StartsWith(path + "/", StringComparison.Ordinal));

    public IEnumerable<(string Key, byte[] Content)> OfUser => HasMore && IsFolder ? [($"{Path}/aaa.txt", [1]), ($"{Path}/vocab/zzz.txt", [1])] : [];

    public IEnumerable<(string Key, byte[] Content)> Files()
    {
        var whole = Family.Checkpoint(Run, Step).ToArray();
        var place = At % whole.Length;
        for (var i = 0; i < whole.Length; i++)
        {
            if (i != place || Damage == TreeDamage.None)
                yield return whole[i];
            else if (Damage == TreeDamage.Cut)
                yield return (whole[i].Key, whole[i].Content[..(whole[i].Content.Length / 2)]);
        }

        foreach (var file in OfUser)
            yield return file;

        if (IsPinned)
            yield return (IsFolder ? $"{Path}/.trainctl-keep" : $"{Path ?? whole[0].Key}.trainctl-keep", []);
    }
}
