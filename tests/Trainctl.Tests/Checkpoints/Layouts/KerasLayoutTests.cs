using Trainctl.Checkpoints;
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
}
