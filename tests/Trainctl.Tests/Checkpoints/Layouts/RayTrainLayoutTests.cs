using Microsoft.Extensions.Time.Testing;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class RayTrainLayoutTests
{
    private static CatalogScene Scene() => new CatalogScene()
        .Put(RayTrainRun.Checkpoint("run/checkpoint_2025-01-01_10-00-00.000001"), 1)
        .Put(RayTrainRun.Checkpoint("run/checkpoint_2025-01-01_11-00-00.000001"), 2)
        .Put(RayTrainRun.Checkpoint("run/checkpoint_2025-01-01_12-00-00.000001"), 3)
        .Put(RayTrainRun.Snapshot("run", ("checkpoint_2025-01-01_10-00-00.000001", 0.5), ("checkpoint_2025-01-01_12-00-00.000001", 0.25)), 4)
        .Put("run/.validate_storage_marker", "");

    [Test]
    public async Task What_the_list_has_is_complete_and_held_and_the_rest_is_not()
    {
        var catalog = await Scene().ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Path[^15..], u.State, u.StateReason)), Is.EqualTo(new (string, CheckpointState, string?)[]
            {
                ("10-00-00.000001", CheckpointState.Complete, null),
                ("11-00-00.000001", CheckpointState.Incomplete, "checkpoint_manager_snapshot.json does not list it"),
                ("12-00-00.000001", CheckpointState.Complete, null),
            }));
            Assert.That(catalog.Units.First().Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["loss"] = 0.5 }));
            Assert.That((catalog.Runs.Single().Name, catalog.Runs.Single().Layout), Is.EqualTo(("run", "ray-train")));
            Assert.That(catalog.Described(), Is.EqualTo(new[]
            {
                "Listed run/checkpoint_manager_snapshot.json -> run/checkpoint_2025-01-01_10-00-00.000001",
                "Listed run/checkpoint_manager_snapshot.json -> run/checkpoint_2025-01-01_12-00-00.000001",
            }));
        });
    }

    [Test]
    public async Task A_metric_of_a_run_that_diverged_is_recorded_by_name()
    {
        var catalog = await Scene().Put(RayTrainRun.Snapshot("run", ("checkpoint_2025-01-01_12-00-00.000001", double.NaN))).ReadAsync();

        Assert.That(catalog.Units.Last().NonFiniteMetrics, Is.EqualTo(new[] { "loss" }));
    }

    [Test]
    public async Task What_is_remembered_counts_for_as_long_as_the_list_is_the_same()
    {
        var scene = Scene();
        var options = new CatalogOptions { Memory = new CatalogMemory(new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1))) };

        var before = await CheckpointCatalog.ReadAsync(scene.Store, options, CancellationToken.None);
        scene.Put(RayTrainRun.Snapshot("run", ("checkpoint_2025-01-01_11-00-00.000001", 0.75), ("checkpoint_2025-01-01_12-00-00.000001", 0.125)));
        var after = await CheckpointCatalog.ReadAsync(scene.Store, options, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(Metrics(before), Is.EqualTo(new double?[] { 0.5, null, 0.25 }));
            Assert.That(Metrics(after), Is.EqualTo(new double?[] { null, 0.75, 0.125 }));
        });

        static IEnumerable<double?> Metrics(CheckpointCatalog catalog) =>
            catalog.Units.Select(static u => u.State == CheckpointState.Complete ? u.Metrics["loss"] : (double?)null);
    }

    /// <summary>One entry that is gone blocks the restore of the whole run.</summary>
    [Test]
    public async Task Nothing_that_the_list_has_is_ever_removed()
    {
        var catalog = await Scene().ReadAsync();

        var decisions = RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, new RetentionPolicy { KeepLast = 1 }, CatalogScene.Start.AddYears(1));

        Assert.Multiple(() =>
        {
            Assert.That(decisions.Select(static d => d.Keep), Is.EqualTo(new[] { true, false, true }));
            Assert.That(decisions[0].KeepReasons.Select(static r => r.ToString()), Has.Some.Contains("run/checkpoint_manager_snapshot.json lists it"));
        });
    }

    [Test]
    public async Task Equal_times_leave_the_order_of_the_names()
    {
        var scene = new CatalogScene().Put(RayTrainRun.Checkpoint("checkpoint_2025-01-02_00-00-00.000000")).Put(RayTrainRun.Checkpoint("checkpoint_2025-01-01_00-00-00.000000"))
            .Put(("checkpoint_manager_snapshot.json", RayTrainRun.Snapshot("x", ("checkpoint_2025-01-02_00-00-00.000000", 1), ("checkpoint_2025-01-01_00-00-00.000000", 2)).Content));

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.Path[..21]), Is.EqualTo(new[] { "checkpoint_2025-01-01", "checkpoint_2025-01-02" }));
    }

    [Test]
    public async Task Numbers_in_names_are_steps()
    {
        var scene = new CatalogScene().Put(RayTrainRun.Checkpoint("run/checkpoint_000012")).Put(RayTrainRun.Snapshot("run", ("checkpoint_000012", 1), ("checkpoint_000013", 1)));

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Single().Step, Is.EqualTo(12));
            Assert.That(catalog.Pointers.Select(static p => (p.Text, p.Targets.Count)), Is.EqualTo(new[] { ("checkpoint_000012", 1), ("checkpoint_000013", 0) }));
        });
    }

    /// <summary>Names are times and no numbers, and a bucket gives all that an upload brought within a second about one time.</summary>
    [TestCase(1, CheckpointState.InFlight)]
    [TestCase(-1, CheckpointState.InFlight)]
    [TestCase(-3, CheckpointState.Incomplete)]
    public async Task What_came_about_when_the_newest_did_may_still_be_written(int seconds, CheckpointState state)
    {
        var scene = new CatalogScene().Put(RayTrainRun.Checkpoint("run/checkpoint_2025-01-01_10-00-00.000001"), 1).Put(RayTrainRun.Snapshot("run", ("checkpoint_2025-01-01_10-00-00.000001", 0.5)), 1)
            .Put(RayTrainRun.Checkpoint("run/checkpoint_2025-01-01_10-00-01.000001"), 1 + (seconds / 60.0));

        Assert.That((await scene.StateAsync("run/checkpoint_2025-01-01_10-00-01.000001")).State, Is.EqualTo(state));
    }

    /// <summary>A script may name its folders as it likes, and what it puts in them may be another framework's checkpoint.</summary>
    [Test]
    public async Task Folders_with_other_names_are_held_too_when_the_list_has_them()
    {
        var catalog = await new CatalogScene()
            .Put(TorchtuneRun.Checkpoint("run/best/epoch_3")).Put(TorchtuneRun.Checkpoint("run/bestest/epoch_3")).Put(TorchtuneRun.Checkpoint("run/epoch_4"))
            .Put(RayTrainRun.Snapshot("run", ("best", 1), ("epoch_4", 2))).ReadAsync();

        Assert.That(catalog.Pointers.SelectMany(static p => p.Targets), Is.EqualTo(new[] { "run/best/epoch_3", "run/epoch_4" }));
    }

    [TestCase("model.pt", "model.pt is cut short: it has no zip end record")]
    public async Task A_listed_checkpoint_with_a_file_cut_short_is_incomplete(string name, string reason)
    {
        var scene = new CatalogScene().Put(RayTrainRun.Checkpoint("run/checkpoint_1")).Put(RayTrainRun.Snapshot("run", ("checkpoint_1", 1))).Put($"run/checkpoint_1/{name}", ModelFile.Zip().Cut());

        Assert.That((await scene.UnitAsync()).StateReason, Is.EqualTo(reason));
    }

    /// <summary>Ray writes the list in place, so a crash may leave half of it; then nobody knows what it listed.</summary>
    [TestCase("")]
    [TestCase("""{"version":0,"checkpoint_results":[{"version":0,"checkpoint_dir""")]
    [TestCase("""{"checkpoint_results":[{"metrics":{}}]}""")]
    public async Task A_list_that_cannot_be_read_stops_whoever_wants_to_delete(string content)
    {
        var catalog = await new CatalogScene().Put(RayTrainRun.Checkpoint("run/checkpoint_1")).Put("run/checkpoint_manager_snapshot.json", content).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.ReadFailures.Select(static f => f.Error), Is.EqualTo(new[] { TrainctlError.UnreadablePointer }));
            Assert.That(catalog.Units.Single().StateReason, Is.EqualTo("checkpoint_manager_snapshot.json cannot be parsed"));
        });
    }

    [TestCase("run/checkpoint_1/model.pt")]
    [TestCase("checkpoint_2025-01-01/img_7.png")]
    public async Task Without_a_list_beside_it_a_folder_is_not_Rays(string key) => await LookAlikes.AssertUnclaimedAsync(key);
}
