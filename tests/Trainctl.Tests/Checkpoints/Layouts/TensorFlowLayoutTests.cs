using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class TensorFlowLayoutTests
{
    [Test]
    public async Task A_listed_path_of_another_machine_protects_the_checkpoint_here()
    {
        var catalog = await new CatalogScene()
            .Put(TensorFlowRun.Checkpoint("r", 1), 1).Put(TensorFlowRun.Checkpoint("r", 2), 2).Put(TensorFlowRun.Checkpoint("r", 3), 3)
            .Put(TensorFlowRun.State("r", "/home/me/r/ckpt-1", @"C:\\runs\\r\\ckpt-9", "ckpt-3")).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Pointers.Select(static p => (p.Key, p.Text, Target: p.Targets.SingleOrDefault())), Is.EqualTo(new[]
            {
                ("r/checkpoint", "ckpt-3", "r/ckpt-3"), ("r/checkpoint", "/home/me/r/ckpt-1", "r/ckpt-1"), ("r/checkpoint", @"C:\runs\r\ckpt-9", null),
            }));
            Assert.That(catalog.Units.Select(static u => (u.Path, u.Step, u.State, u.ObjectCount)), Is.EqualTo(new[]
            {
                ("r/ckpt-1", 1L, CheckpointState.Complete, 3), ("r/ckpt-2", 2L, CheckpointState.Complete, 3), ("r/ckpt-3", 3L, CheckpointState.Complete, 3),
            }));
            Assert.That((catalog.Runs.Single().Name, catalog.Runs[0].Layout), Is.EqualTo(("r/ckpt-*", "tensorflow")));
            Assert.That(catalog.Units.First().MarkerKeys, Is.EqualTo(new[] { "r/ckpt-1.index" }));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    [TestCase("")]
    [TestCase("model_checkpoint_path: \"\"")]
    [TestCase("model_checkpoint_path: \"ckpt-")]
    public async Task A_state_file_that_names_nothing_stops_every_deletion(string content)
    {
        var catalog = await new CatalogScene().Put(TensorFlowRun.Checkpoint("r", 1)).Put("r/checkpoint", content).ReadAsync();

        Assert.That(catalog.ReadFailures.Select(static f => (f.Error, f.Subject)), Is.EqualTo(new[] { (TrainctlError.UnreadablePointer, "r/checkpoint") }));
    }

    [Test]
    public async Task Escapes_of_the_text_format_are_read()
    {
        var catalog = await new CatalogScene().Put(TensorFlowRun.Checkpoint("r", 1, "größe_ckpt"))
            .Put("r/checkpoint", """model_checkpoint_path: "gr\303\266\303\237e_ckpt-1" """).ReadAsync();

        Assert.That(catalog.Pointers.Single().Targets, Is.EqualTo(new[] { "r/größe_ckpt-1" }));
    }

    [TestCase("ckpt-2.index", "ckpt-2.index, which is written last, is missing")]
    [TestCase("ckpt-2.data-00000-of-00002", "data file 0 of 2 is missing")]
    [TestCase("ckpt-2.data-00001-of-00002", "data file 1 of 2 is missing")]
    public async Task A_missing_file_is_named(string name, string reason)
    {
        var scene = new CatalogScene().Put(TensorFlowRun.Checkpoint("r", 2, hasMeta: true), 2).Put(TensorFlowRun.Checkpoint("r", 3), 3).Remove($"r/{name}");

        Assert.That(await scene.StateAsync("r/ckpt-2"), Is.EqualTo((CheckpointState.Incomplete, reason)));
    }

    [Test]
    public async Task A_data_file_that_is_cut_short_shows_in_the_index()
    {
        var scene = new CatalogScene().Put(TensorFlowRun.Checkpoint("r", 2)).Put("r/ckpt-2.data-00001-of-00002", new byte[49]);

        Assert.That(await scene.StateAsync("r/ckpt-2"), Is.EqualTo((CheckpointState.InFlight, "ckpt-2.data-00001-of-00002 has 49 bytes and needs 50")));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(60)]
    public async Task An_index_that_is_cut_short_has_no_footer(int bytes)
    {
        var index = ModelFormats.TensorBundleIndex(300, 50);
        var scene = new CatalogScene().Put(TensorFlowRun.Checkpoint("r", 2)).Put("r/ckpt-2.index", bytes == 0 ? [] : index.Cut(bytes));

        Assert.That(await scene.StateAsync("r/ckpt-2"), Is.EqualTo((CheckpointState.InFlight, "ckpt-2.index is cut short: it has no whole table")));
    }

    [Test]
    public async Task The_number_of_data_files_must_agree_with_the_index()
    {
        var scene = new CatalogScene().Put("r/ckpt-2.data-00000-of-00001", new byte[300]).Put("r/ckpt-2.index", ModelFormats.TensorBundleIndex(300, 50));

        Assert.That((await scene.StateAsync("r/ckpt-2")).Reason, Is.EqualTo("ckpt-2.index lists 2 data files, and their names say 1"));
    }

    [Test]
    public async Task Savers_of_version_1_and_of_the_guide_have_series_of_their_own()
    {
        var catalog = await new CatalogScene().Put(TensorFlowRun.Checkpoint("r", 500, "model.ckpt", hasMeta: true)).Put(TensorFlowRun.Checkpoint("r", 50))
            .Put("r/cp-0010.ckpt.index", ModelFormats.TensorBundleIndex(10)).Put("r/cp-0010.ckpt.data-00000-of-00001", new byte[10]).ReadAsync();

        Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.Epoch, u.State)), Is.EqualTo(new (string, string, long?, double?, CheckpointState)[]
        {
            ("r/ckpt-*", "r/ckpt-50", (long?)50, (double?)null, CheckpointState.Complete),
            ("r/cp-*.ckpt", "r/cp-0010.ckpt", null, 10.0, CheckpointState.Complete),
            ("r/model.ckpt-*", "r/model.ckpt-500", 500, null, CheckpointState.Complete),
        }));
    }

    [TestCase("variables/variables.index")]
    [TestCase("book.index")]
    [TestCase("data-3.index")]
    [TestCase("ckpt-5.meta")]
    [TestCase("ckpt-5_temp/part-00000-of-00001.data-00000-of-00001")]
    [TestCase("data-00001-of-00010.parquet")]
    [TestCase("checkpoint")]
    public async Task Other_indexes_are_no_checkpoints(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.Pointers.Count, catalog.OtherObjects.Count), Is.EqualTo((0, 0, 1)));
    }
}
