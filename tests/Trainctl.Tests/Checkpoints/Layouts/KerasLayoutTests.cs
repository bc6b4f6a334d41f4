using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class KerasLayoutTests
{
    [TestCase("model-epoch-03.keras", 3.0, "model-epoch-*.keras", "")]
    [TestCase("model-epoch-03.weights.h5", 3.0, "model-epoch-*.weights.h5", "")]
    [TestCase("ckpt.epoch05-loss0.32.weights.h5", 5.0, "ckpt.epoch*-loss*.weights.h5", "loss=0.32")]
    [TestCase("epoch=05-val_loss=0.32.keras", 5.0, "epoch=*-val_loss=*.keras", "val_loss=0.32")]
    [TestCase("weights.05-0.32.keras", 5.0, "weights.*-*.keras", "")]
    [TestCase("05-0.32.weights.h5", 5.0, "*-*.weights.h5", "")]
    [TestCase("cp-0010.weights.h5", 10.0, "cp-*.weights.h5", "")]
    public async Task An_epoch_in_the_name_makes_a_checkpoint(string name, double epoch, string run, string metrics)
    {
        var unit = await new CatalogScene().Put(name, name.EndsWith(".keras", StringComparison.Ordinal) ? ModelFile.Zip() : ModelFormats.Hdf5()).UnitAsync();

        Assert.That(
            (unit.Layout, unit.Epoch, unit.Run, unit.State, string.Join(';', unit.Metrics.Select(static m => FormattableString.Invariant($"{m.Key}={m.Value}")))),
            Is.EqualTo(("keras", (double?)epoch, run, CheckpointState.Complete, metrics)));
    }

    [TestCase("resnet-50-1.00.keras")]
    [TestCase("mobilenet-02-1.0.keras")]
    [TestCase("model.keras")]
    [TestCase("best.weights.h5")]
    [TestCase("vgg16_weights.weights.h5")]
    [TestCase("data_epoch_3.h5")]
    public async Task Models_with_other_numbers_are_no_checkpoints(string name)
    {
        var catalog = await new CatalogScene().Put(name, ModelFile.Zip()).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.OtherObjects.Count), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task A_model_without_its_zip_end_is_cut_short()
    {
        var scene = new CatalogScene().Put(KerasRun.Files("r", 1, 2, 3)).Put("r/model-epoch-02.keras", ModelFile.Zip().Cut()).Put("r/model-epoch-03.keras", []);

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => u.StateReason), Is.EqualTo(new[]
            {
                null, "model-epoch-02.keras is cut short: it has no zip end record", "model-epoch-03.keras is empty",
            }));
            Assert.That(catalog.Pointers.Select(static p => (p.Kind, p.Key, p.Problem)), Is.EqualTo(new[] { (PointerKind.Last, "r/latest.weights.h5", (string?)null) }));
        });
    }

    [Test]
    public async Task Weights_are_judged_by_their_superblock()
    {
        var scene = new CatalogScene().Put(KerasRun.Weights("r", 1, 2, 3)).Put("r/ckpt.epoch02-loss0.32.weights.h5", ModelFormats.Hdf5().Cut(1))
            .Put("r/ckpt.epoch03-loss0.33.weights.h5", []).Put("r/latest.weights.h5", ModelFormats.Hdf5().Cut(2000));

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => u.StateReason), Is.EqualTo(new[]
            {
                null, "ckpt.epoch02-loss0.32.weights.h5 has 2047 bytes and needs 2048", "ckpt.epoch03-loss0.33.weights.h5 is empty",
            }));
            Assert.That(catalog.Pointers.Single().Problem, Is.EqualTo("latest.weights.h5 has 48 bytes and needs 2048"));
        });
    }

    [Test]
    public async Task Shards_and_their_index_are_one_checkpoint()
    {
        var catalog = await new CatalogScene().Put(KerasRun.Sharded("r", 1), 1).Put(KerasRun.Sharded("r", 2), 2).Put("r/cp-epoch-02.weights.metrics.json", """{"loss": 0.5}""", 2).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Path, u.Run, u.Epoch, u.State, u.StateReason, u.Objects.Count)), Is.EqualTo(new (string, string, double?, CheckpointState, string?, int)[]
            {
                ("r/cp-epoch-01.weights.json", "r/cp-epoch-*.weights.json", 1, CheckpointState.Complete, null, 4),
                ("r/cp-epoch-02.weights.json", "r/cp-epoch-*.weights.json", 2, CheckpointState.Complete, null, 5),
            }));
            Assert.That(catalog.Units.Last().Metrics["loss"], Is.EqualTo(0.5));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    [TestCase("r/cp-epoch-02.weights.json", "cp-epoch-02.weights.json is missing, and others of its series have theirs")]
    [TestCase("r/cp-epoch-02_00000.weights.h5", "cp-epoch-02_00000.weights.h5 is missing, and later ones are there")]
    [TestCase("r/cp-epoch-02_00002.weights.h5", "cp-epoch-02_00002.weights.h5 is missing, and cp-epoch-02.weights.json lists it")]
    [TestCase("r/cp-epoch-02_0", "cp-epoch-02_00000.weights.h5 is missing, and cp-epoch-02.weights.json lists it")]
    public async Task A_missing_shard_is_named_and_does_not_push_out_the_checkpoint_before(string missing, string reason)
    {
        var scene = new CatalogScene().Put(KerasRun.Sharded("r", 1), 1).Put(KerasRun.Sharded("r", 2).Where(f => !f.Key.StartsWith(missing, StringComparison.Ordinal)), 2);

        var newest = (await scene.ReadAsync()).Units.Last();
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        await new PruneCheckpoints(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 }, host, scene.Store).RunAsync(CancellationToken.None);

        Assert.Multiple(async () =>
        {
            Assert.That((newest.State, newest.StateReason), Is.EqualTo((CheckpointState.InFlight, reason)));
            Assert.That((await scene.ReadAsync()).Units.Select(static u => u.Epoch), Is.EqualTo(new[] { 1.0, 2.0 }));
        });
    }

    [Test]
    public async Task What_the_index_lists_must_be_there_and_shards_are_looked_at()
    {
        var alone = new CatalogScene().Put(KerasRun.Sharded("r", 1));

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await alone.Remove("r/cp-epoch-01_00002.weights.h5").UnitAsync()).StateReason, Is.EqualTo("cp-epoch-01_00002.weights.h5 is missing, and cp-epoch-01.weights.json lists it"));
            Assert.That(
                (await new CatalogScene().Put(KerasRun.Sharded("r", 1)).Put("r/cp-epoch-01_00001.weights.h5", ModelFormats.Hdf5().Cut(1)).UnitAsync()).StateReason,
                Is.EqualTo("cp-epoch-01_00001.weights.h5 has 2047 bytes and needs 2048"));
            Assert.That(
                (await new CatalogScene().Put(KerasRun.Sharded("r", 1)).Put("r/cp-epoch-01.weights.json", "{").UnitAsync()).StateReason, Is.EqualTo("cp-epoch-01.weights.json cannot be parsed"));
        });
    }

    [TestCase("r/model-epoch-3_00001.weights.h5", 1)]
    [TestCase("r/model-epoch-3.weights.json", 0)]
    public async Task Without_both_shards_and_an_index_nothing_is_taken_for_shards(string name, int checkpoints)
    {
        var catalog = await new CatalogScene().Put(name, ModelFormats.Hdf5()).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.Units.All(u => u.Path == name)), Is.EqualTo((checkpoints, true)));
    }
}
