using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Retention.Deleting;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Tests.Retention;

namespace Trainctl.Tests.Checkpoints;

/// <summary>What holds for each framework whose checkpoints are files.</summary>
[TestFixtureSource(typeof(FileFamilies), nameof(FileFamilies.All))]
public sealed class FileFamilyTests(FileFamily family)
{
    [Test]
    public async Task Three_checkpoints_are_one_run_in_the_order_of_training()
    {
        var catalog = await Scene(10, 20, 30).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Select(static r => (r.Layout, r.Units.Count)), Is.EqualTo(new[] { (family.Layout, 3) }));
            Assert.That(catalog.Units.Select(static u => u.StateReason), Is.All.Null);
            Assert.That(catalog.Units.Select(static u => u.Epoch ?? u.Step), Is.Ordered);
            Assert.That(catalog.ReadFailures, Is.Empty);
        });
    }

    [Test]
    public async Task Looking_costs_no_more_than_one_read_for_each_object()
    {
        var scene = Scene(10, 20, 30);
        await using var store = new HookedStore(scene.Store);

        await CheckpointCatalog.ReadAsync(store);

        Assert.That(store.Reads, Is.Unique);
    }

    [Test]
    public async Task Keeping_the_last_removes_whole_checkpoints_and_no_pointer()
    {
        var scene = Scene(10, 20, 30);
        var before = await scene.ReadAsync();

        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        await new PruneCheckpoints(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 }, host, scene.Store).RunAsync(CancellationToken.None);
        var after = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(after.Units.Select(static u => u.Path), Is.EqualTo(new[] { before.Units.Last().Path }));
            Assert.That(after.Units.Single().State, Is.EqualTo(CheckpointState.Complete));
            Assert.That(after.Pointers.Select(static p => (p.Key, p.Targets.Count)), Is.EqualTo(before.Pointers.Select(static p => (p.Key, p.Targets.Count))));
            Assert.That(after.OtherObjects, Has.Count.EqualTo(before.OtherObjects.Count));
        });
    }

    [Test]
    public async Task Deleting_that_is_interrupted_anywhere_leaves_no_half_checkpoint_that_looks_whole()
    {
        var scene = Scene(10, 20, 30);
        var unit = (await scene.ReadAsync()).Units.First();

        foreach (var found in DeletionOrder.Of(unit, new LoneObjects()))
        {
            scene.Remove(found.Key);
            var rest = (await scene.ReadAsync()).Units.Where(u => u.Path == unit.Path).Select(static u => u.State);
            Assert.That(rest, Is.Empty.Or.EqualTo(new[] { CheckpointState.Incomplete }), found.Key);
        }
    }

    [Test]
    public async Task Writing_that_is_interrupted_anywhere_leaves_no_half_checkpoint_that_looks_whole()
    {
        var scene = Scene(10, 20, 30);
        var newest = (await scene.ReadAsync()).Units.Last();
        var content = family.Files("r", [10, 20, 30]).ToDictionary(static f => f.Key, static f => f.Content);

        foreach (var found in newest.Objects.Where(static o => o.Size > 0).ToArray())
        {
            scene.Put(found.Key, content[found.Key].Length > 50 ? content[found.Key][..^1] : [], 30);
            var unit = (await scene.ReadAsync()).Units.Single(u => u.Path == newest.Path);
            Assert.That((unit.State, unit.Untouchable), Is.EqualTo((CheckpointState.InFlight, (string?)null)), found.Key);
            scene.Put(found.Key, content[found.Key], 30);
        }
    }

    [Test]
    public async Task Digits_of_other_scripts_and_very_long_ones_are_no_numbers()
    {
        var scene = new CatalogScene();
        foreach (var (key, content) in family.Files("r", [10]))
        {
            scene.Put(string.Concat(key.Select(static c => char.IsAsciiDigit(c) ? (char)(c - '0' + '٠') : c)), content);
            scene.Put(string.Concat(key.Select(static c => char.IsAsciiDigit(c) ? new string(c, 70) : c.ToString())), content);
        }

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Where(static u => u.Step is not null), Is.Empty);
            Assert.That(catalog.Units.SelectMany(static u => u.Metrics.Values), Is.All.Matches<double>(double.IsFinite));
        });
    }

    private CatalogScene Scene(params int[] steps)
    {
        var scene = new CatalogScene();
        for (var i = 0; i < steps.Length; i++)
            scene.Put(family.Files("r", steps[..(i + 1)]), minute: steps[i]);
        return scene;
    }
}
