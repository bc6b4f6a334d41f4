using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class FairseqLayoutTests
{
    [Test]
    public async Task Each_series_is_a_run_so_that_none_pushes_out_the_best()
    {
        var catalog = await new CatalogScene().Put(FairseqRun.Files("r", 5, 15, 25))
            .Put("r/checkpoint1.pt", ModelFile.Zip()).Put("r/checkpoint2.pt", ModelFile.Zip())
            .Put("r/checkpoint.best_loss_2.3457.pt", ModelFile.Zip()).Put("r/checkpoint.best_loss_2.34512.pt", ModelFile.Zip()).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Select(static r => (r.Name, r.Layout, r.Units.Count)), Is.EqualTo(new[]
            {
                ("r/checkpoint*.pt", "fairseq", 2), ("r/checkpoint.best_loss_*.pt", "fairseq", 2), ("r/checkpoint_*_*.pt", "fairseq", 3),
            }));
            Assert.That(catalog.Runs[2].Units.Select(static u => (u.Step, u.Epoch)), Is.EqualTo(new[] { (5L, 1.0), (15L, 2.0), (25L, 3.0) }));
            Assert.That(catalog.Runs[0].Units.Select(static u => (u.Step, u.Epoch)), Is.EqualTo(new[] { ((long?)null, 1.0), (null, 2.0) }));
            Assert.That(catalog.Runs[1].Units.Select(static u => u.Metrics["loss"]), Is.All.EqualTo(2.345));
            Assert.That(catalog.Pointers.Select(static p => (p.Kind, p.Key, p.Problem)), Is.EquivalentTo(new[]
            {
                (PointerKind.Best, "r/checkpoint_best.pt", (string?)null), (PointerKind.Last, "r/checkpoint_last.pt", null),
            }));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    [Test]
    public async Task Shards_are_one_checkpoint_and_a_hole_is_named()
    {
        var scene = new CatalogScene();
        foreach (var updates in new[] { 10, 20, 30 })
        {
            for (var shard = 0; shard < 3; shard++)
                scene.Put($"r/checkpoint_1_{updates}-shard{shard}.pt", ModelFile.Zip());
        }

        var catalog = await scene.Remove("r/checkpoint_1_10-shard1.pt").Remove("r/checkpoint_1_30-shard2.pt").Put("r/checkpoint_last-shard0.pt", ModelFile.Zip()).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Path, u.StateReason)), Is.EqualTo(new[]
            {
                ("r/checkpoint_1_10", "checkpoint_1_10-shard1.pt is missing, and later ones are there"),
                ("r/checkpoint_1_20", null),
                ("r/checkpoint_1_30", "checkpoint_1_30-shard2.pt is missing, and the checkpoint before has 3 of its kind"),
            }));
            Assert.That(catalog.Runs.Single().Name, Is.EqualTo("r/checkpoint_*_*-shard*.pt"));
            Assert.That(catalog.Pointers.Single().Key, Is.EqualTo("r/checkpoint_last-shard0.pt"));
        });
    }

    [Test]
    public async Task A_file_that_is_cut_short_or_empty_is_named()
    {
        var scene = new CatalogScene().Put("r/checkpoint1.pt", ModelFile.Zip().Cut(), 1).Put("r/checkpoint2.pt", ModelFile.Zip(), 2).Put("r/checkpoint3.pt", [], 3)
            .Put("r/checkpoint_last.pt", ModelFile.Zip().Cut(), 3);

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.State, u.StateReason)), Is.EqualTo(new[]
            {
                (CheckpointState.Incomplete, "checkpoint1.pt is cut short: it has no zip end record"),
                (CheckpointState.Complete, (string?)null),
                (CheckpointState.InFlight, "checkpoint3.pt is empty"),
            }));
            Assert.That(catalog.Pointers.Single().Problem, Is.EqualTo("checkpoint_last.pt is cut short: it has no zip end record"));
        });
    }

    [TestCase("checkpoint3.pt.tmp")]
    [TestCase("checkpoint.pt")]
    [TestCase("checkpoint3.csv")]
    [TestCase("mycheckpoint3.pt")]
    [TestCase("checkpoint.best.pt")]
    public async Task Other_names_are_not_of_fairseq(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.Pointers.Count), Is.EqualTo((0, 0)));
    }
}
