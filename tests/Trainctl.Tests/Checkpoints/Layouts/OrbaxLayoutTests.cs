using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class OrbaxLayoutTests
{
    [Test]
    public async Task Whole_steps_are_complete_and_know_their_metrics()
    {
        var catalog = await new CatalogScene()
            .Put(OrbaxRun.Checkpoint("run/9", loss: 0.5), 1).Put(OrbaxRun.Checkpoint("run/10", loss: 0.25), 2).Put(OrbaxRun.Checkpoint("run/ema_0010"), 2)
            .Put("run/_ROOT_METADATA", "{}").ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.State, u.Layout)), Is.EqualTo(new (string, string, long?, CheckpointState, string)[]
            {
                ("run", "run/9", 9, CheckpointState.Complete, "orbax"), ("run", "run/10", 10, CheckpointState.Complete, "orbax"),
                ("run/ema_*", "run/ema_0010", 10, CheckpointState.Complete, "orbax"),
            }));
            Assert.That(catalog.Units.First().Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["loss"] = 0.5 }));
            Assert.That(catalog.Units.First().NonFiniteMetrics, Is.EqualTo(new[] { "bad" }));
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { "run/_ROOT_METADATA" }));
        });
    }

    [TestCase("7/data.csv")]
    [TestCase("7/img_7.png")]
    [TestCase("7/metrics/metrics")]
    [TestCase("run_7/part-3.bin")]
    [TestCase("7/commit_success.txt")]
    [TestCase("2024/01/shard-00001.tar")]
    public async Task A_numbered_folder_with_other_content_is_no_step(string key) => await LookAlikes.AssertUnclaimedAsync(key);

    /// <summary>Taking the run for a step would let one run push out another.</summary>
    [Test]
    public async Task A_run_with_a_number_in_its_name_is_no_step()
    {
        var catalog = await new CatalogScene().Put("exp_7/100/_METADATA", "{}").Put("exp_7/100/manifest.ocdbt").Put("exp_7/100/d/1").Put("exp_8/100/_METADATA", "{}").Put("exp_8/100/manifest.ocdbt").ReadAsync();

        Assert.That(catalog.Units.Select(static u => (u.Run, u.Path)), Is.EqualTo(new[] { ("exp_7", "exp_7/100"), ("exp_8", "exp_8/100") }));
    }

    [TestCase("11.orbax-checkpoint-tmp-1700000000")]
    [TestCase("11.orbax-checkpoint-tmp")]
    public async Task A_temporary_name_is_in_flight_even_when_all_is_there(string name)
    {
        var scene = new CatalogScene().Put(OrbaxRun.Checkpoint($"run/{name}"), 1).Put(OrbaxRun.Checkpoint("run/12"), 2);

        Assert.That(await scene.StateAsync($"run/{name}"), Is.EqualTo((CheckpointState.InFlight, "its name says that it is still being written")));
    }

    [Test]
    public async Task An_item_under_its_temporary_name_makes_the_step_incomplete()
    {
        var unit = await new CatalogScene().Put(OrbaxRun.Checkpoint("5")).Put("5/ema.orbax-checkpoint-tmp-1/_METADATA", "{}").UnitAsync();

        Assert.That(unit.StateReason, Is.EqualTo("ema.orbax-checkpoint-tmp-1/_METADATA still has a temporary name"));
    }

    /// <summary>Stores that cannot rename have a file written last instead; those that can have none.</summary>
    [Test]
    public async Task The_commit_is_demanded_where_siblings_have_one()
    {
        var scene = new CatalogScene().Put(OrbaxRun.Checkpoint("run/1", commit: true), 1).Put(OrbaxRun.Checkpoint("run/2"), 2).Put(OrbaxRun.Checkpoint("other/2"), 2);

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await scene.StateAsync("run/2"), Is.EqualTo((CheckpointState.InFlight, "commit_success.txt is missing, and other steps have theirs")));
            Assert.That((await scene.StateAsync("other/2")).State, Is.EqualTo(CheckpointState.Complete));
            Assert.That((await scene.StateAsync("run/1")).State, Is.EqualTo(CheckpointState.Complete));
        });
    }

    /// <summary>A prune that ended early leaves it; taken for a step, it would be a whole one.</summary>
    [Test]
    public async Task What_a_process_wrote_is_no_step_and_shows_the_one_that_it_is_of()
    {
        var catalog = await new CatalogScene().Put("run/10/default/ocdbt.process_0/d/1").Put("run/10/default/ocdbt.process_0/manifest.ocdbt")
            .Put("ocdbt.process_1/d/1").Put("ocdbt.process_1/manifest.ocdbt").ReadAsync();

        Assert.That(catalog.Units.Select(static u => (u.Path, u.StateReason)), Is.EqualTo(new[] { ("run/10", "default/manifest.ocdbt is missing") }));
    }

    [TestCase("default/manifest.ocdbt", "default/manifest.ocdbt is missing")]
    [TestCase("default/d/2c3d", "default/d has no files")]
    [TestCase("metrics/metrics", "metrics is missing, and _CHECKPOINT_METADATA lists it")]
    public async Task A_missing_part_is_named(string missing, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithoutAsync(OrbaxRun.Checkpoint("5", loss: 1), $"5/{missing}"), Is.EqualTo(reason));

    /// <summary>Older versions write no descriptions; what was whole before an update must not be deleted as broken.</summary>
    [Test]
    public async Task A_step_from_before_an_update_stays_complete()
    {
        var scene = new CatalogScene().Put(OrbaxRun.Checkpoint("1"), 1).Remove("1/_CHECKPOINT_METADATA").Remove("1/default/_METADATA").Put(OrbaxRun.Checkpoint("2"), 2);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>Consoles of object stores write an empty object for a folder.</summary>
    [Test]
    public async Task An_object_for_the_folder_is_no_content()
    {
        var unit = await new CatalogScene().Put(OrbaxRun.Checkpoint("5", loss: 1)).Put("5/", []).Put("5/metrics/", []).Remove("5/metrics/metrics").UnitAsync();

        Assert.That(unit.StateReason, Is.EqualTo("metrics is missing, and _CHECKPOINT_METADATA lists it"));
    }

    [Test]
    public async Task The_description_is_demanded_where_siblings_have_one()
    {
        var scene = new CatalogScene().Put(OrbaxRun.Checkpoint("1"), 1).Put(OrbaxRun.Checkpoint("2"), 2).Remove("2/_CHECKPOINT_METADATA");

        Assert.That((await scene.StateAsync("2")).Reason, Is.EqualTo("_CHECKPOINT_METADATA is missing, and other steps have theirs"));
    }

    [TestCase("_CHECKPOINT_METADATA", "{", "_CHECKPOINT_METADATA cannot be parsed")]
    [TestCase("_CHECKPOINT_METADATA", "", "_CHECKPOINT_METADATA cannot be parsed")]
    [TestCase("default/_METADATA", "[]", "default/_METADATA cannot be parsed")]
    [TestCase("metrics/metrics", "{\"loss\":", "metrics/metrics cannot be parsed")]
    [TestCase("default/manifest.ocdbt", "", "default/manifest.ocdbt is empty")]
    public async Task A_broken_description_makes_it_incomplete(string name, string content, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithAsync(OrbaxRun.Checkpoint("5", loss: 1), $"5/{name}", Encoding.UTF8.GetBytes(content)), Is.EqualTo(reason));
}
