using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class LightningLayoutTests
{
    [Test]
    public async Task Only_the_highest_requeue_checkpoint_is_where_the_job_goes_on()
    {
        var catalog = await new CatalogScene()
            .Put("r/hpc_ckpt_2.ckpt", ModelFile.Zip(), 1).Put("r/hpc_ckpt_9.ckpt", ModelFile.Zip().Cut(), 2).Put("r/hpc_ckpt_10.ckpt", ModelFile.Zip().Cut(), 3).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Pointers.Select(static p => (p.Kind, p.Key, p.Problem)), Is.EqualTo(new[]
            {
                (PointerKind.Last, "r/hpc_ckpt_10.ckpt", "hpc_ckpt_10.ckpt is cut short: it has no zip end record"),
            }));
            Assert.That(catalog.Runs.Single().Name, Is.EqualTo("r/hpc_ckpt_*.ckpt"));
            Assert.That(catalog.Units.Select(static u => (u.Path, u.Step, u.State)), Is.EqualTo(new[]
            {
                ("r/hpc_ckpt_2.ckpt", (long?)null, CheckpointState.Complete), ("r/hpc_ckpt_9.ckpt", null, CheckpointState.InFlight),
            }));
        });
    }

    [TestCase("last.ckpt")]
    [TestCase("last-v3.ckpt")]
    [TestCase("last-EMA.ckpt")]
    [TestCase("epoch=3-last.ckpt")]
    [TestCase("epoch=3-step=9-last-v1.ckpt")]
    public async Task The_last_one_is_a_pointer_under_all_its_names(string name)
    {
        var catalog = await new CatalogScene().Put(LightningRun.Files("r", 10)).Remove("r/last.ckpt").Put("r/" + name, ModelFile.Zip()).ReadAsync();

        Assert.That((catalog.Pointers.Single().Key, catalog.Units.Count()), Is.EqualTo(("r/" + name, 1)));
    }

    [Test]
    public async Task Versions_of_one_name_are_of_one_run()
    {
        var catalog = await new CatalogScene().Put(LightningRun.Files("r", 10, 20)).Put("r/epoch=2-step=20-v1.ckpt", ModelFile.Zip()).ReadAsync();

        Assert.That(catalog.Runs.Select(static r => (r.Name, r.Units.Count)), Is.EqualTo(new[] { ("r/epoch=*-step=*.ckpt", 3) }));
    }
}
