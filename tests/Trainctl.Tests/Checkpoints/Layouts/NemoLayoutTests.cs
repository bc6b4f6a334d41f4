using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class NemoLayoutTests
{
    [Test]
    public async Task A_marker_makes_a_whole_file_doubtful_and_is_left_alone()
    {
        var marker = NemoRun.Stem(20) + "-unfinished";
        var catalog = await new CatalogScene().Put(NemoRun.Files("r", 10, 20)).Put($"r/{marker}", []).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Step, u.Epoch, u.Metrics["val_loss"], u.State, u.StateReason)), Is.EqualTo(new[]
            {
                (10L, 1.0, 0.5, CheckpointState.Complete, null),
                (20L, 1.0, 0.5, CheckpointState.InFlight, marker + " says that it is still being written or deleted"),
            }));
            Assert.That((catalog.Runs.Single().Name, catalog.Runs[0].Layout), Is.EqualTo(("r/gpt--val_loss=*-step=*-epoch=*.ckpt", "nemo")));
            Assert.That(catalog.Pointers.Select(static p => (p.Kind, p.Key, p.Problem)), Is.EqualTo(new[]
            {
                (PointerKind.Last, "r/" + NemoRun.Stem(20) + "-last.ckpt", (string?)null),
            }));
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { "r/" + marker, "r/gpt.nemo" }));
        });
    }

    [Test]
    public async Task A_last_one_that_is_being_written_is_not_whole()
    {
        var catalog = await new CatalogScene().Put(NemoRun.Files("r", 10)).Put($"r/{NemoRun.Stem(10)}-last-unfinished", []).ReadAsync();

        Assert.That(catalog.Pointers.Single().Problem, Is.EqualTo(NemoRun.Stem(10) + "-last-unfinished says that it is still being written or deleted"));
    }

    [Test]
    public async Task Folders_are_checkpoints_too()
    {
        var scene = new CatalogScene().Put(NemoRun.FolderCheckpoint("r", 10), 1).Put(NemoRun.FolderCheckpoint("r", 20), 2).Put(NemoRun.FolderCheckpoint("r", 30), 3)
            .Put($"r/{NemoRun.Stem(10)}-unfinished", []).Remove($"r/{NemoRun.Stem(30)}/weights/metadata.json").Remove($"r/{NemoRun.Stem(30)}/weights/.metadata");

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Step, u.State, u.StateReason)), Is.EqualTo(new[]
            {
                (10L, CheckpointState.Incomplete, NemoRun.Stem(10) + "-unfinished says that it is still being written or deleted"),
                (20L, CheckpointState.Complete, null),
                (30L, CheckpointState.InFlight, "metadata.json or .metadata, which is written last, is missing"),
            }));
            Assert.That(catalog.Units.Select(static u => u.Layout), Is.All.EqualTo("nemo"));
        });
    }

    /// <summary>Half a copy has no marker: NeMo takes the marker away where it wrote, and whoever copies knows of none.</summary>
    [TestCase("__1_0.distcp", 0, "weights/__1_0.distcp is missing, and .metadata lists it")]
    [TestCase("__1_0.distcp", 400, "weights/__1_0.distcp has 400 bytes and needs 460")]
    [TestCase(".metadata", 0, "weights/.metadata, which is written last, is missing")]
    [TestCase("common.pt", 200, "common.pt is cut short: it has no zip end record")]
    public async Task A_folder_that_lost_a_part_is_not_whole(string name, int length, string reason)
    {
        var key = $"r/{NemoRun.Stem(10)}/weights/{name}";
        var scene = new CatalogScene().Put(NemoRun.FolderCheckpoint("r", 10)).Remove(key);
        if (length > 0)
            scene.Put(key, NemoRun.FolderCheckpoint("r", 10).Single(f => f.Key == key).Content[..length]);

        Assert.That((await scene.UnitAsync()).StateReason, Is.EqualTo(reason));
    }

    [Test]
    public async Task The_last_folder_is_a_run_of_its_own_and_so_stays()
    {
        var last = NemoRun.FolderCheckpoint("r", 20).Select(static f => (f.Key.Replace("epoch=1", "epoch=1-last", StringComparison.Ordinal), f.Content));

        var catalog = await new CatalogScene().Put(NemoRun.FolderCheckpoint("r", 10)).Put(last).ReadAsync();

        Assert.That(catalog.Runs.Select(static r => (r.Name, r.NewestComplete?.Step)), Is.EqualTo(new[]
        {
            ("r/gpt--val_loss=*-step=*-epoch=*", 10L), ("r/gpt--val_loss=*-step=*-epoch=*-last", 20L),
        }));
    }

    [Test]
    public async Task Files_of_all_model_parallel_ranks_are_one_checkpoint()
    {
        var scene = new CatalogScene();
        foreach (var rank in new[] { "mp_rank_00", "mp_rank_01" })
            scene.Put(NemoRun.FileCheckpoint("r/" + rank, 10), 1).Put(NemoRun.FileCheckpoint("r/" + rank, 20), 2).Put(NemoRun.FileCheckpoint("r/" + rank, 30), 3);
        scene.Remove($"r/mp_rank_01/{NemoRun.Stem(10)}.ckpt").Put($"r/{NemoRun.Stem(30)}-unfinished", []);

        var catalog = await scene.ReadAsync();

        Assert.That(catalog.Units.Select(static u => (u.ObjectCount, u.StateReason)), Is.EqualTo(new[]
        {
            (1, $"mp_rank_01/{NemoRun.Stem(10)}.ckpt is missing, and other ranks have theirs"),
            (2, null),
            (2, NemoRun.Stem(30) + "-unfinished says that it is still being written or deleted"),
        }));
    }

    [Test]
    public async Task A_file_of_the_same_name_above_the_ranks_is_a_checkpoint_of_its_own()
    {
        var catalog = await new CatalogScene().Put(NemoRun.FileCheckpoint("r", 10)).Put(NemoRun.FileCheckpoint("r/mp_rank_00", 10)).ReadAsync();

        Assert.That(catalog.Units.Select(static u => u.Path), Is.EquivalentTo(new[] { $"r/{NemoRun.Stem(10)}.ckpt", $"r/mp_rank_00/{NemoRun.Stem(10)}.ckpt" }));
    }

    [Test]
    public void A_marker_is_not_published_among_other_files() => Assert.That(UnfinishedName.IsIn($"r/{NemoRun.Stem(10)}-unfinished"), Is.True);

    [Test]
    public async Task Averaged_weights_are_a_series_of_their_own_under_the_same_marker()
    {
        var catalog = await new CatalogScene().Put(NemoRun.FileCheckpoint("r", 10)).Put($"r/{NemoRun.Stem(10)}-EMA.ckpt", ModelFile.Zip())
            .Put($"r/{NemoRun.Stem(10)}-v1.ckpt", ModelFile.Zip()).Put($"r/{NemoRun.Stem(10)}-unfinished", []).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Select(static r => (r.Name, r.Units.Count)), Is.EqualTo(new[]
            {
                ("r/gpt--val_loss=*-step=*-epoch=*-EMA.ckpt", 1), ("r/gpt--val_loss=*-step=*-epoch=*.ckpt", 2),
            }));
            Assert.That(catalog.Units.Count(static u => u.State == CheckpointState.Complete), Is.EqualTo(1));
        });
    }

    [TestCase("gpt--notes.ckpt")]
    [TestCase("gpt.nemo")]
    [TestCase("a--b=c/readme.txt")]
    [TestCase("gpt--val_loss=0.3-epoch=1/readme.txt")]
    [TestCase("gpt--val_loss=0.3-epoch=1.csv")]
    public async Task Other_names_are_not_of_NeMo(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.Pointers.Count), Is.EqualTo((0, 0)));
    }
}
