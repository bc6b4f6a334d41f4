using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

/// <summary>Parts of one step that are files of their own: a prune while the newest step is being saved must leave one that is whole.</summary>
public sealed class SharedStepTests
{
    private static readonly Config Settings = PropertySearch.Of(300);
    private static readonly RetentionPolicy Last = new() { KeepLast = 1 };

    /// <summary>Of the newest step only the first part is there.</summary>
    [TestCase("model/iter_*.pt", "optim/iter_*.pt", "scheduler/iter_*.pt", "trainer/iter_*.pt")]
    [TestCase("job/model/iter_*.pt", "job/optim/iter_*.pt")]
    [TestCase("x/model_step_*.pt", "x/optim_step_*.pt")]
    [TestCase("actor_step_*.pt", "critic_step_*.pt")]
    [TestCase("model_step_*_rank_0.pt", "model_step_*_rank_1.pt", "model_step_*_rank_2.pt", "model_step_*_rank_3.pt")]
    [TestCase("model_step_*.safetensors", "optim_step_*.pt")]
    [TestCase("model_epoch_*.pt", "optim_epoch_*.pt")]
    [TestCase("model/step_*_rank_0.pt", "model/step_*_rank_1.pt", "optim/step_*_rank_0.pt", "optim/step_*_rank_1.pt")]
    public async Task The_last_step_that_all_parts_have_stays(params string[] series)
    {
        var scene = new CatalogScene();
        foreach (var step in (int[])[1000, 2000, 3000])
        {
            foreach (var name in series.Take(step == 3000 ? 1 : series.Length))
                Put(scene, name, step);
        }

        var report = await PruneAsync(scene);
        var left = (await scene.ReadAsync()).Units.Select(static u => u.Path);

        Assert.Multiple(() =>
        {
            Assert.That(left, Is.EquivalentTo(series.Select(static s => Named(s, 2000)).Append(Named(series[0], 3000))));
            Assert.That(report.Single(u => u.Decision.Unit.Path == Named(series[0], 2000)).Decision.Why, Is.EqualTo($"newest step that all {series.Length} parts have"));
        });
    }

    /// <summary>OpenRLHF saves the actor first.</summary>
    [TestCase("")]
    [TestCase("ckpt/ppo/")]
    public async Task The_last_step_that_actor_and_critic_have_stays(string folder)
    {
        var scene = new CatalogScene();
        foreach (var (part, step) in new[] { ("_actor", 1), ("_critic", 1), ("_actor", 2), ("_critic", 2), ("_actor", 3) })
            scene.Put(DeepSpeedRun.Checkpoint($"{folder}{part}/global_step{step}"), step);

        var report = await PruneAsync(scene);

        Assert.Multiple(async () =>
        {
            Assert.That((await scene.ReadAsync()).Units.Select(static u => u.Path), Is.EquivalentTo(new[]
            {
                $"{folder}_actor/global_step2", $"{folder}_actor/global_step3", $"{folder}_critic/global_step2",
            }));
            Assert.That(report.Single(u => u.Decision.Unit.Path == $"{folder}_actor/global_step2").Decision.Why, Is.EqualTo("newest step that all 2 parts have"));
        });
    }

    [Test]
    public async Task A_series_that_is_seldom_saved_does_not_hide_what_the_others_have()
    {
        var scene = new CatalogScene();
        Put(scene, "model_step_*.pt", 1000, 2000, 3000, 4000);
        Put(scene, "optim_step_*.pt", 1000, 2000, 3000);
        Put(scene, "best_step_*.pt", 1000);

        await PruneAsync(scene);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.Path), Is.EquivalentTo(new[]
        {
            "best_step_1000.pt", "model_step_1000.pt", "optim_step_1000.pt", "model_step_3000.pt", "optim_step_3000.pt", "model_step_4000.pt",
        }));
    }

    [Test]
    public async Task A_part_that_is_not_whole_is_not_there()
    {
        var scene = new CatalogScene();
        Put(scene, "model_step_*.pt", 1000, 2000, 3000);
        Put(scene, "optim_step_*.pt", 1000, 2000, 3000);
        scene.Put("optim_step_3000.pt", ModelFile.Zip().Cut(), 3000);

        await PruneAsync(scene);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.Path), Is.EquivalentTo(new[]
        {
            "model_step_2000.pt", "model_step_3000.pt", "optim_step_2000.pt", "optim_step_3000.pt",
        }));
    }

    [Test]
    public void Where_all_have_the_newest_step_nothing_more_stays()
    {
        var decisions = Evaluate(Last, Series("model", 1, 2, 3), Series("optim", 1, 2, 3));

        Assert.That(decisions.Where(static d => d.Keep).Select(static d => (d.Unit.Step, d.Why)), Is.All.EqualTo(((long?)3, "the last one; newest complete")).And.Exactly(2).Items);
    }

    [Test]
    public void Checkpoints_that_are_folders_are_whole_by_themselves()
    {
        var decisions = RetentionEvaluator.Evaluate(
            [RetentionScene.Run(RetentionScene.Unit("a", 1, 1), RetentionScene.Unit("a", 2, 2)), RetentionScene.Run(RetentionScene.Unit("b", 1, 1))], [], Last, RetentionScene.Now);

        Assert.That(decisions.Where(static d => d.Keep).Select(static d => d.Unit.Path), Is.EqualTo(new[] { "a/checkpoint-2", "b/checkpoint-1" }));
    }

    [Test]
    public void The_flag_of_the_newest_lifts_it()
    {
        var decisions = Evaluate(Last with { KeepLast = null, MaxAge = TimeSpan.FromHours(1), AllowRemovingNewest = true }, Series("model", 1, 2, 3), Series("optim", 1, 2));

        Assert.Multiple(() =>
        {
            Assert.That(decisions.Where(static d => d.Keep), Is.Empty);
            Assert.That(decisions.Single(static d => d.Unit.Path == "model_step_2.pt").Why, Is.EqualTo("older than 1 h; newest step that all 2 parts have, which AllowRemovingNewest overrides"));
        });
    }

    /// <summary>By step the newest that both have is 9, by time it is 2.</summary>
    [Test]
    public void After_a_restart_both_readings_hold()
    {
        var decisions = Evaluate(
            Last,
            RetentionScene.Run(Unit("model", 9, 1), Unit("model", 1, 2), Unit("model", 2, 3), Unit("model", 3, 4), Unit("model", 10, 1)),
            RetentionScene.Run(Unit("optim", 9, 1), Unit("optim", 1, 2), Unit("optim", 2, 3)));

        Assert.That(decisions.Where(static d => d.Keep).Select(static d => d.Unit.Path), Is.EquivalentTo(new[]
        {
            "model_step_10.pt", "model_step_9.pt", "model_step_3.pt", "model_step_2.pt", "optim_step_9.pt", "optim_step_2.pt",
        }));
    }

    [Test]
    public void The_newest_step_of_all_stays_and_nothing_goes_that_would_stay_alone() => Check.One(Settings, Prop.ForAll(Scenes.ToArbitrary(), static scene =>
    {
        var decisions = Evaluate(scene.Policy, scene.Runs).ToDictionary(static d => d.Unit.Path, static d => d.Keep);
        var alone = scene.Runs.SelectMany(r => Evaluate(scene.Policy, r)).ToDictionary(static d => d.Unit.Path, static d => d.Keep);
        var common = scene.Runs.Select(static r => r.Units.Where(static u => u.State == CheckpointState.Complete).Select(static u => u.Step!.Value))
            .Aggregate(static (one, other) => one.Intersect(other)).DefaultIfEmpty(-1).Max();
        var more = scene.Runs.SelectMany(static r => r.Units).Where(u => decisions[u.Path] && !alone[u.Path]).ToArray();
        return scene.Runs.All(r => r.Units.All(u => decisions[u.Path] || (u.Step != common && !alone[u.Path])))
            && more.Select(static u => u.Step).Distinct().Count() < scene.Runs.Length
            && more.All(u => scene.Runs.Count(r => r.Units.Any(o => o.Step == u.Step && decisions[o.Path])) > 1);
    }));

    [Test]
    public void The_order_of_series_does_not_matter() => Check.One(Settings, Prop.ForAll(Scenes.ToArbitrary(), static scene =>
        Evaluate(scene.Policy, scene.Runs).OrderBy(static d => d.Unit.Path, StringComparer.Ordinal).Select(static d => (d.Unit.Path, d.Why))
            .SequenceEqual(Evaluate(scene.Policy, [.. scene.Runs.Reverse()]).OrderBy(static d => d.Unit.Path, StringComparer.Ordinal).Select(static d => (d.Unit.Path, d.Why)))));

    /// <summary>A step takes time with the number of its files, and not with that of others; these take less than a second.</summary>
    [TestCase(1000, 100, 1)]
    [TestCase(2, 50_000, 1)]
    [TestCase(1000, 100, 7)]
    public void It_costs_no_more_than_there_is(int series, int steps, int scatter)
    {
        var runs = Enumerable.Range(0, series).Select(i => Series($"rank{i}", [.. Enumerable.Range(1, steps).Select(step => scatter == 1 ? step : (step * scatter) + (i * step % scatter))])).ToArray();
        var time = Stopwatch.StartNew();

        var decisions = Evaluate(Last, runs);

        Assert.That(decisions, Has.Count.EqualTo(series * steps));
        Assert.That(time.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
    }

    private static Gen<(CheckpointRun[] Runs, RetentionPolicy Policy)> Scenes =>
        from count in Gen.Choose(2, 4)
        from isInFolders in Gen.Elements(true, false)
        from runs in Gen.CollectToArray(Enumerable.Range(0, count), i => Units(isInFolders ? $"part{i}/it" : $"part{i}"))
        from last in Gen.Choose(1, 3)
        from size in Gen.Elements<long?>(null, 1, 2, 4)
        select (runs.Select(static u => RetentionScene.Run(u)).ToArray(), new RetentionPolicy { KeepLast = last, MaxTotalSize = size });

    private static Gen<CheckpointUnit[]> Units(string series) =>
        from steps in Gen.NonEmptyListOf(Gen.Choose(1, 9))
        from units in Gen.CollectToArray(steps.Distinct(), step => Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false))).Select(isComplete => Unit(series, step, step, isComplete)))
        select units;

    private static CheckpointRun Series(string series, params int[] steps) => RetentionScene.Run(steps.Select(step => Unit(series, step, step)));

    private static CheckpointUnit Unit(string series, int step, double hour, bool isComplete = true)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{series}_step_{step}.pt");
        return new CheckpointUnit
        {
            Path = path,
            Layout = "test",
            Run = $"{series}_step_*.pt",
            Step = step,
            Objects = [new StoredObject { Key = path, Size = 1, ModifiedAt = RetentionScene.Now }],
            ModifiedAt = RetentionScene.Now.AddHours(hour - 100_000),
            State = isComplete ? CheckpointState.Complete : CheckpointState.Incomplete,
            StateReason = isComplete ? null : "it is cut short",
            ManifestKey = path + Manifest.FileName,
            KeyPrefix = path[..(path.LastIndexOf('/') + 1)],
        };
    }

    private static IReadOnlyList<RetentionDecision> Evaluate(RetentionPolicy policy, params CheckpointRun[] runs) => RetentionEvaluator.Evaluate(runs, [], policy, RetentionScene.Now);

    private static string Named(string series, int step) => series.Replace("*", step.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static void Put(CatalogScene scene, string series, params int[] steps)
    {
        foreach (var step in steps)
            scene.Put(Named(series, step), series.EndsWith(".safetensors", StringComparison.Ordinal) ? ModelFile.Safetensors() : ModelFile.Zip(), step);
    }

    private static async Task<IReadOnlyList<PrunedUnit>> PruneAsync(CatalogScene scene)
    {
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        return (await new PruneCheckpoints(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 }, host, scene.Store).RunAsync(CancellationToken.None)).Units;
    }
}
