using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

public sealed class PruneCheckpointsTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
    private static readonly PruneCheckpointsSettings Settings = new() { Location = "s3://memory", KeepLast = 1 };

    private CatalogScene _scene = null!;
    private HookedStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene();
        _store = new HookedStore(_scene.Store);
    }

    [TearDown]
    public async Task TearDown() => await _store.DisposeAsync();

    [Test]
    public async Task What_makes_a_checkpoint_goes_first_and_the_oldest_checkpoint_too()
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3);

        await PruneAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_store.Deletions.Select(static d => d.Count), Is.EqualTo(new[] { 1, 4, 1, 4 }));
            Assert.That(_store.Deletions[0], Is.EqualTo(new[] { "checkpoint-1/trainer_state.json" }));
            Assert.That(_store.Deletions[2], Is.EqualTo(new[] { "checkpoint-2/trainer_state.json" }));
        });
    }

    [Test]
    public async Task Data_stays_while_the_marker_does()
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2);
        _store.Undeletable.Add("checkpoint-1/trainer_state.json");

        var report = await PruneAsync();
        var state = await _scene.StateAsync("checkpoint-1");

        Assert.Multiple(() =>
        {
            Assert.That(state.State, Is.EqualTo(CheckpointState.Complete));
            Assert.That(report.Units[0].Result, Is.EqualTo(PruneResult.Failed));
            Assert.That(report.Objects.Select(static o => o.Result), Is.EqualTo(new[] { OutcomeResult.Failed }.Concat(Enumerable.Repeat(OutcomeResult.Refused, 4))));
            Assert.That((report.ExitCode, report.BytesFreed), Is.EqualTo((ErrorCatalog.PartialFailure, 0L)));
        });
    }

    [Test]
    public async Task A_prune_that_was_interrupted_ends_with_the_next_one()
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2);
        _store.Undeletable.Add("checkpoint-1/model.safetensors");
        await PruneAsync();
        var half = await _scene.StateAsync("checkpoint-1");
        _store.Undeletable.Clear();

        var report = await PruneAsync();

        Assert.Multiple(() =>
        {
            Assert.That(half.State, Is.EqualTo(CheckpointState.Incomplete));
            Assert.That(report.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("checkpoint-1/model.safetensors", OutcomeResult.Done) }));
        });
    }

    /// <summary>A restarted run writes into the same names while the prune is under way.</summary>
    [TestCase("checkpoint-2/model.safetensors")]
    [TestCase("checkpoint-2/new-file.bin")]
    public async Task A_checkpoint_that_changed_since_is_kept_whole(string key)
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3);
        _store.OnDelete = _ => _scene.Put(key, ModelFile.Safetensors(99), 500);

        var report = await PruneAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Failed, PruneResult.Kept }));
            Assert.That(_store.Deletions.SelectMany(static d => d), Has.None.StartsWith("checkpoint-2"));
            Assert.That(report.Objects.Where(static o => o.Error is not null).Select(static o => o.ErrorCode), Is.All.EqualTo("TRAINCTL3003"));
        });
    }

    /// <summary>Too late for the look before the deletion, so the store is told what was seen.</summary>
    [TestCase("checkpoint-1/trainer_state.json", new[] { "config.json", "model.safetensors", "optimizer.pt", "rng_state.pth", "trainer_state.json" })]
    [TestCase("checkpoint-1/model.safetensors", new[] { "model.safetensors" })]
    public async Task An_object_that_is_written_again_right_before_its_deletion_is_kept(string key, string[] left)
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2);
        _store.OnDelete = keys =>
        {
            if (keys.Contains(key))
                _scene.Put(key, ModelFile.Safetensors(99), 500);
        };

        var report = await PruneAsync();

        var there = (await _scene.Store.ListAsync(new ListRequest { Prefix = "checkpoint-1/" }).ToArrayAsync()).Select(static o => o.Key["checkpoint-1/".Length..]);
        Assert.Multiple(() =>
        {
            Assert.That(there, Is.EqualTo(left));
            Assert.That(report.Units[0].Result, Is.EqualTo(PruneResult.Failed));
            Assert.That(report.Objects.Single(o => o.Key == key).ErrorCode, Is.EqualTo("TRAINCTL3003"));
        });
    }

    /// <summary>Shards and their index do not all begin with the checkpoint's path.</summary>
    [TestCase("r/model_step_20-00002-of-00002.bin")]
    [TestCase("r/model_step_20.bin.index.json")]
    public async Task Shards_of_which_any_file_changed_since_are_kept_whole(string key)
    {
        _scene.Put(ShardedFilesRun.Files("r", 10, 20, 30));
        var isFirst = true;
        _store.OnDelete = _ =>
        {
            if (isFirst)
                _scene.Put(key, ModelFile.Zip(99), 500);
            isFirst = false;
        };

        var report = await PruneAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Failed, PruneResult.Kept }));
            Assert.That(_store.Deletions.SelectMany(static d => d), Has.None.StartsWith("r/model_step_20"));
            Assert.That(report.Objects.Where(static o => o.Error is not null).Select(static o => o.ErrorCode), Is.All.EqualTo("TRAINCTL3003").And.Exactly(3).Items);
        });
    }

    [Test]
    public async Task What_somebody_else_deleted_meanwhile_is_a_success()
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2);
        _store.OnDelete = _ => _scene.Remove("checkpoint-1/model.safetensors").Remove("checkpoint-1/trainer_state.json");

        Assert.That((await PruneAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_listing_that_hides_objects_stops_it()
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2);
        _store.Problem = new ListingProblem("secret", ListingProblemKind.UnreadableFolder, "The folder 'secret' could not be read.");

        await Refused(TrainctlError.IncompleteListing);
    }

    [TestCase("checkpoint-2/trainer_state.json")]
    [TestCase("checkpoint-2/model.safetensors")]
    [TestCase("trainer_state.json")]
    public async Task A_file_that_cannot_be_read_stops_it(string key)
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).Put("trainer_state.json", """{"global_step":1}""");
        _store.OnRead = read =>
        {
            if (read == key)
                throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
        };

        await Refused(TrainctlError.UnreadablePointer);
    }

    [Test]
    public async Task An_unlisted_pointer_file_stops_it()
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2);
        _store.Problem = new ListingProblem("trainer_state.json", ListingProblemKind.UnreadableFile, "'trainer_state.json' could not be read.");

        await Refused(TrainctlError.UnreadablePointer);
    }

    [Test]
    public async Task More_objects_than_a_page_go_in_one_run()
    {
        for (var step = 1; step <= 1002; step++)
            _scene.Put($"step_{step}.safetensors", ModelFile.Safetensors(), step);

        var report = await PruneAsync();

        Assert.That((report.Units.Count(static u => u.Result == PruneResult.Removed), report.Units[^1].Decision.Keep), Is.EqualTo((1001, true)));
    }

    [Test]
    public async Task Nothing_there_is_said()
    {
        Assert.That((await PruneAsync()).Notes, Is.EqualTo(new[] { "No checkpoint was found at 's3://memory/'." }));
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task Nothing_is_deleted_through_a_link_and_nothing_that_a_link_needs()
    {
        using var folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3, 4])
            HuggingFaceRun.Write(folder, "real", step);
        Directory.CreateSymbolicLink(folder.Combine("real/best"), "checkpoint-2");
        Directory.CreateSymbolicLink(folder.Combine("latest"), "real");

        await TestHost.Engine(folder).PruneCheckpointsAsync(Settings with { Location = folder.Path });

        Assert.That(Directory.GetDirectories(folder.Combine("real")).Select(Path.GetFileName).Order(StringComparer.Ordinal), Is.EqualTo(new[] { "best", "checkpoint-2", "checkpoint-4" }));
    }

    /// <summary>As with <c>--output_dir out/checkpoint-1/dpo</c>, deeper, or with the checkpoint's own folder.</summary>
    [TestCase("checkpoint-1/dpo/checkpoint-10", "dpo/checkpoint-10")]
    [TestCase("checkpoint-1/a/b/checkpoint-10", "a/b/checkpoint-10")]
    [TestCase("checkpoint-1/checkpoint-10", "checkpoint-10")]
    public async Task A_checkpoint_that_holds_another_run_stays(string nested, string shown)
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace(nested, 10, 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3);

        var report = await PruneAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => (u.Decision.Unit.Path, u.Result)), Is.EqualTo(new[]
            {
                ("checkpoint-1", PruneResult.Kept), ("checkpoint-2", PruneResult.Removed), ("checkpoint-3", PruneResult.Kept),
            }));
            Assert.That(report.Units[0].Decision.Why, Does.Contain($"it holds another run's {shown}"));
        });
    }

    [Test]
    public async Task The_report_reads_well()
    {
        _scene.HuggingFace("run/checkpoint-500", 500, 1).HuggingFace("run/checkpoint-1000", 1000, 2).HuggingFace("run/checkpoint-1500", 1500, 3, ""","best_global_step":500""")
            .HuggingFace("run/checkpoint-2000", 2000, 4).Put("run/checkpoint-2000/model.safetensors", ModelFile.Safetensors().Cut(), 4)
            .HuggingFace("old/checkpoint-90", 90, 1).HuggingFace("old/checkpoint-10", 10, 99).Put("README.md");

        var report = await PruneAsync(Settings with { DryRun = true });

        Golden.Verify(ReportText.Render((report with { Duration = TimeSpan.Zero }).Describe()), "Report");
    }

    private async Task Refused(TrainctlError error)
    {
        var thrown = (await Assert.ThrowsAsync<TrainctlException>(() => PruneAsync()))!;

        Assert.Multiple(() =>
        {
            Assert.That((thrown.Error, thrown.ExitCode), Is.EqualTo((error, ErrorCatalog.Refused)));
            Assert.That(_store.Deletions, Is.Empty);
        });
    }

    private Task<PruneReport> PruneAsync(PruneCheckpointsSettings? settings = null) =>
        new PruneCheckpoints(settings ?? Settings, Host, _store).RunAsync(CancellationToken.None);
}
