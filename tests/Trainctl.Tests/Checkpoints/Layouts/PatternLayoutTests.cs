using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class PatternLayoutTests
{
    private static readonly CheckpointPattern Snapshots = new(@"^(?<run>[^/]+)/snap-(?<step>\d+)/") { Marker = "DONE", SettleTime = TimeSpan.Zero };

    [Test]
    public async Task Folders_are_checkpoints_with_their_marker()
    {
        var scene = new CatalogScene().Put(ScriptRun.Snapshots("a", 5, 10, 50)).Put(ScriptRun.Snapshots("b", 1)).Remove("a/snap-50/DONE").Put("a/snap-notes.txt")
            .Put("a/snap-5/.trainctl-manifest.json", """{"not":"a manifest"}""");

        var catalog = await ReadAsync(scene, Snapshots);

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.ObjectCount, u.State, u.StateReason)), Is.EqualTo(new[]
            {
                ("a", "a/snap-5", 5L, 3, CheckpointState.Incomplete, "its manifest cannot be parsed"),
                ("a", "a/snap-10", 10L, 2, CheckpointState.Complete, null),
                ("a", "a/snap-50", 50L, 1, CheckpointState.InFlight, "DONE, which is written last, is missing"),
                ("b", "b/snap-1", 1L, 2, CheckpointState.Complete, null),
            }));
            Assert.That(catalog.Units.Select(static u => u.Layout), Is.All.EqualTo("pattern"));
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { "a/snap-notes.txt" }));
        });
    }

    [Test]
    public async Task Files_that_share_the_matched_text_are_one_checkpoint()
    {
        var pattern = new CheckpointPattern(@"^(?:[^/]+/)*w(?<epoch>\d+)_(?<metric>\d\.\d+)") { Marker = ".ok", SettleTime = TimeSpan.Zero };
        var scene = new CatalogScene().Put("r/w1_0.5.pt", ModelFile.Zip()).Put("r/w1_0.5.opt", "x").Put("r/w1_0.5.ok", "")
            .Put("r/w2_0.4.pt", ModelFile.Zip().Cut()).Put("r/w2_0.4.ok", "").Put("r/w10_0.3.pt", ModelFile.Zip()).Put("w3_0.2.pt", ModelFile.Zip());

        var catalog = await ReadAsync(scene, pattern);

        Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Epoch, u.Metrics["metric"], u.ObjectCount, u.StateReason)), Is.EqualTo(new[]
        {
            ("r/w*_*", "r/w1_0.5", 1.0, 0.5, 3, null),
            ("r/w*_*", "r/w2_0.4", 2.0, 0.4, 2, "w2_0.4.pt is cut short: it has no zip end record"),
            ("r/w*_*", "r/w10_0.3", 10.0, 0.3, 1, "w10_0.3.ok, which is written last, is missing"),
            ("w*_*", "w3_0.2", 3.0, 0.2, 1, "w3_0.2.ok, which is written last, is missing"),
        }));
    }

    [Test]
    public async Task A_checkpoint_that_changed_a_moment_ago_is_in_flight_even_when_a_newer_one_is_complete()
    {
        var now = DateTimeOffset.UtcNow;
        var scene = new CatalogScene().Put("m1.bin", "x").Put("m2.bin", "x");
        var pattern = new CheckpointPattern(@"^m(?<step>\d+)\.bin$");

        var young = await ReadAsync(scene, pattern, now.AddSeconds(30));
        var old = await ReadAsync(scene, pattern, now.AddSeconds(90));

        Assert.Multiple(() =>
        {
            Assert.That(young.Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.InFlight));
            Assert.That(young.Units.First().StateReason, Does.Match(@"^it changed (29|30) s ago, and the settle time is 60 s$"));
            Assert.That(old.Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
        });
    }

    [Test]
    public async Task A_pattern_comes_before_known_layouts_and_no_file_is_claimed_twice()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).HuggingFace("checkpoint-6", 6);

        var catalog = await ReadAsync(scene, new CheckpointPattern(@"^checkpoint-(?<step>5)/model") { SettleTime = TimeSpan.Zero });

        Assert.That(catalog.Units.Select(static u => (u.Layout, u.Path, u.ObjectCount)), Is.EquivalentTo(new[]
        {
            ("pattern", "checkpoint-5/model", 1), ("huggingface-trainer", "checkpoint-6", 5),
        }));
    }

    [Test]
    public async Task The_manifest_of_a_file_belongs_to_it_under_an_open_ended_expression_too()
    {
        var scene = new CatalogScene().Put("m1.bin", "x").Put("m1.bin.trainctl-manifest.json", "{}");

        var catalog = await ReadAsync(scene, new CheckpointPattern(@"^m(?<step>\d+)\.bin.*") { SettleTime = TimeSpan.Zero });

        Assert.That(catalog.Units.Select(static u => (u.Path, u.ObjectCount)), Is.EqualTo(new[] { ("m1.bin", 2) }));
    }

    [TestCase("(?<step>[0-9", "Pattern '(?<step>[0-9' makes no sense: at position 12: ")]
    [TestCase("", "Pattern '' makes no sense: it is empty.")]
    [TestCase(".*", "Pattern '.*' makes no sense: it matches an empty key, so it would match everywhere.")]
    [TestCase(@"m(?<stpe>\d+)", @"Pattern 'm(?<stpe>\d+)' makes no sense: it has a group 'stpe'; did you mean 'step'? Groups are run, step, epoch, metric.")]
    public async Task A_bad_expression_is_named_with_what_is_bad(string expression, string message)
    {
        var exception = await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(new CatalogScene(), expression));

        Assert.That(exception!.Error, Is.EqualTo(TrainctlError.InvalidSetting));
        Assert.That(exception.Message, Does.StartWith(message));
    }

    [Test]
    public async Task An_expression_that_explodes_ends_in_time()
    {
        var scene = new CatalogScene().Put(new string('a', 60) + "!");

        var exception = await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(scene, @"^(?=(a+)+$)a+"));

        Assert.That(exception!.Message, Does.StartWith(@"Pattern '^(?=(a+)+$)a+' takes longer than 1 s for the key 'aaa"));
    }

    [TestCase("", 0.0, "Marker is ''; it must be the name of a file, without '/'.")]
    [TestCase("a/b", 0.0, "Marker is 'a/b'; it must be the name of a file, without '/'.")]
    [TestCase("DONE", -1.0, "SettleTime is -00:00:01; it must be 0 or more.")]
    public async Task Other_settings_of_a_pattern_are_checked(string marker, double seconds, string message)
    {
        var pattern = Snapshots with { Marker = marker, SettleTime = TimeSpan.FromSeconds(seconds) };

        var exception = await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(new CatalogScene(), pattern));

        Assert.That((exception!.Error, exception.Message), Is.EqualTo((TrainctlError.InvalidSetting, message)));
    }

    private static Task<CheckpointCatalog> ReadAsync(CatalogScene scene, CheckpointPattern pattern, DateTimeOffset? now = null) => CheckpointCatalog.ReadAsync(
        scene.Store, new CatalogOptions { Pattern = pattern, Time = now is { } time ? new FixedTime(time) : TimeProvider.System }, CancellationToken.None);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
