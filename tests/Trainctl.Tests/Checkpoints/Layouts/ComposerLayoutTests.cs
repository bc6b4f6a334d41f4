using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class ComposerLayoutTests
{
    [Test]
    public async Task The_last_rank_of_the_newest_is_missed_because_the_one_before_has_it()
    {
        var catalog = await new CatalogScene().Put(ComposerRun.Files("r", 10, 20, 30)).Remove("r/ep3-ba30-rank1.pt").ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Path, u.Step, u.Epoch, u.State, u.StateReason)), Is.EqualTo(new[]
            {
                ("r/ep1-ba10", 10L, 1.0, CheckpointState.Complete, null),
                ("r/ep2-ba20", 20L, 2.0, CheckpointState.Complete, null),
                ("r/ep3-ba30", 30L, 3.0, CheckpointState.InFlight, "ep3-ba30-rank1.pt is missing, and the checkpoint before has 2 of its kind"),
            }));
            Assert.That((catalog.Runs.Single().Name, catalog.Runs[0].Layout), Is.EqualTo(("r/ep*-ba*", "composer")));
            Assert.That(catalog.Pointers.Select(static p => (p.Key, p.Text, p.Targets.Single())), Is.EqualTo(new[]
            {
                ("r/latest-rank0.pt.symlink", "my-run/checkpoints/ep3-ba30-rank0.pt", "r/ep3-ba30"),
            }));
        });
    }

    [Test]
    public async Task A_restart_on_fewer_machines_is_believed_from_its_second_checkpoint_on()
    {
        var catalog = await new CatalogScene()
            .Put(ComposerRun.Checkpoint("r", 1, 10, ranks: 4)).Put(ComposerRun.Checkpoint("r", 1, 20)).Put(ComposerRun.Checkpoint("r", 1, 30)).ReadAsync();

        Assert.That(catalog.Units.Select(static u => u.State), Is.EqualTo(new[] { CheckpointState.Complete, CheckpointState.Incomplete, CheckpointState.Complete }));
    }

    [Test]
    public async Task A_hole_in_the_ranks_is_named()
    {
        var scene = new CatalogScene().Put(ComposerRun.Checkpoint("r", 1, 10, ranks: 3)).Remove("r/ep1-ba10-rank1.pt");

        Assert.That(await scene.StateAsync("r/ep1-ba10"), Is.EqualTo((CheckpointState.InFlight, "ep1-ba10-rank1.pt is missing, and later ones are there")));
    }

    [Test]
    public async Task A_rank_that_is_cut_short_is_named()
    {
        var scene = new CatalogScene().Put(ComposerRun.Checkpoint("r", 1, 10)).Put("r/ep1-ba10-rank1.pt", ModelFile.Zip().Cut());

        Assert.That(await scene.StateAsync("r/ep1-ba10"), Is.EqualTo((CheckpointState.InFlight, "ep1-ba10-rank1.pt is cut short: it has no zip end record")));
    }

    [Test]
    public async Task Rank_0_goes_first_so_that_a_half_deleted_checkpoint_has_a_hole()
    {
        var unit = await new CatalogScene().Put(ComposerRun.Checkpoint("r", 1, 10)).UnitAsync();

        Assert.That(unit.MarkerKeys, Is.EqualTo(new[] { "r/ep1-ba10-rank0.pt" }));
    }

    [TestCase("")]
    [TestCase("  \n")]
    [TestCase("\0\0\0")]
    public async Task A_symlink_text_that_names_nothing_stops_every_deletion(string content)
    {
        var catalog = await new CatalogScene().Put(ComposerRun.Checkpoint("r", 1, 10)).Put("r/latest-rank0.pt.symlink", content).ReadAsync();

        Assert.That(catalog.ReadFailures.Single().Error, Is.EqualTo(TrainctlError.UnreadablePointer));
    }

    [Test]
    public async Task A_symlink_text_may_dangle()
    {
        var catalog = await new CatalogScene().Put(ComposerRun.Checkpoint("r", 1, 10)).Put(ComposerRun.Symlink("r", 9, 90)).ReadAsync();

        Assert.That((catalog.Pointers.Single().Targets.Count, catalog.ReadFailures.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_copy_of_the_last_is_a_pointer_without_a_target()
    {
        var catalog = await new CatalogScene().Put(ComposerRun.Checkpoint("r", 1, 10)).Put("r/latest-rank0.pt", ModelFile.Zip()).Put("r/latest-rank1.pt", []).ReadAsync();

        Assert.That(catalog.Pointers.Select(static p => (p.Key, p.Targets.Count, p.Problem)), Is.EquivalentTo(new[]
        {
            ("r/latest-rank0.pt", 0, null), ("r/latest-rank1.pt", 0, "latest-rank1.pt is empty"),
        }));
    }

    [Test]
    public async Task A_real_link_leads_to_the_whole_checkpoint()
    {
        using var folder = new TemporaryFolder();
        foreach (var (key, content) in ComposerRun.Checkpoint("r", 1, 10))
        {
            folder.Write(key, "");
            await File.WriteAllBytesAsync(folder.Combine(key), content);
        }

        File.CreateSymbolicLink(folder.Combine("r/latest-rank0.pt"), "ep1-ba10-rank0.pt");

        var catalog = await CheckpointCatalog.ReadAsync(new FolderStore(folder.Path));

        Assert.That(catalog.Pointers.Select(static p => (p.Key, p.Targets.Distinct().Single())), Is.EqualTo(new[] { ("r/latest-rank0.pt", "r/ep1-ba10") }));
    }

    [TestCase("ep1-ba42.pt")]
    [TestCase("step1-ba42-rank0.png")]
    [TestCase("xep1-ba42-rank0.pt")]
    [TestCase("latest.pt")]
    public async Task Other_names_are_not_of_Composer(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.Pointers.Count), Is.EqualTo((0, 0)));
    }
}
