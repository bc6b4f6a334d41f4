using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Retention.Planning;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

/// <summary>A plan is made, written, and applied later, when the world may have moved on.</summary>
public sealed class PrunePlanTests
{
    private static readonly PruneCheckpointsSettings Settings = new() { Location = "s3://memory", KeepLast = 1 };

    private CatalogScene _scene = null!;
    private HookedStore _store = null!;
    private TrainctlEngine _engine = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene();
        _store = new HookedStore(_scene.Store);
        _engine = EngineOn(_store);
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3).Put("notes.txt");
    }

    [TearDown]
    public async Task TearDown() => await _store.DisposeAsync();

    [Test]
    public async Task What_became_the_newest_complete_one_is_kept()
    {
        var plan = await _engine.PlanPruneAsync(Settings);
        _scene.Remove("checkpoint-3/model.safetensors");

        var report = await _engine.ApplyPruneAsync(plan);

        await Survive("checkpoint-2", "checkpoint-3");
        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Failed, PruneResult.Kept }));
            Assert.That(report.Objects.Where(static o => o.Error is not null).Select(static o => (o.Result, o.ErrorCode)),
                Is.All.EqualTo((OutcomeResult.Refused, "TRAINCTL3003")).And.Exactly(5).Items);
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        });
    }

    [Test]
    public async Task What_a_new_pointer_names_is_kept()
    {
        var plan = await _engine.PlanPruneAsync(Settings);
        _scene.Put("trainer_state.json", """{"global_step":3,"best_global_step":1}""");

        await _engine.ApplyPruneAsync(plan);

        await Survive("checkpoint-1", "checkpoint-3");
    }

    [TestCase("checkpoint-1/model.safetensors")]
    [TestCase("checkpoint-1/new-file.bin")]
    public async Task What_was_written_into_again_is_kept(string key)
    {
        var plan = await _engine.PlanPruneAsync(Settings);
        _scene.Put(key, ModelFile.Safetensors(99), 1);

        await _engine.ApplyPruneAsync(plan);

        await Survive("checkpoint-1", "checkpoint-3");
    }

    /// <summary>Files that lay side by side are in a checkpoint's folder now, as a training wrote its state beside them.</summary>
    [Test]
    public async Task What_belongs_to_another_checkpoint_by_now_is_kept()
    {
        foreach (var step in (int[])[5, 6])
            _scene.Put($"out/checkpoint-9/step_{step}.safetensors", ModelFile.Safetensors(), step);
        var plan = await _engine.PlanPruneAsync(Settings);
        _scene.Put("out/checkpoint-9/trainer_state.json", """{"global_step":9}""", 9);

        var report = await _engine.ApplyPruneAsync(plan);

        await Survive("checkpoint-3", "out/checkpoint-9");
        Assert.Multiple(async () =>
        {
            Assert.That(await _store.HeadAsync("out/checkpoint-9/step_5.safetensors"), Is.Not.Null);
            Assert.That(
                report.Objects.Single(static o => o.Key == "out/checkpoint-9/step_5.safetensors").Error,
                Does.StartWith("'s3://memory/out/checkpoint-9/step_5.safetensors' was to be removed, and shares objects with out/checkpoint-9 by now."));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        });
    }

    /// <summary>A requeued job of Lightning goes on from the file with the highest number. Somebody removed the higher ones.</summary>
    [Test]
    public async Task What_is_a_pointer_by_now_is_kept()
    {
        foreach (var number in (int[])[1, 2, 3])
            _scene.Put($"pl/hpc_ckpt_{number}.ckpt", ModelFile.Zip(), number);
        var plan = await _engine.PlanPruneAsync(Settings);
        var planned = plan.Units.Single(static u => u.Path == "pl/hpc_ckpt_1.ckpt").Decision;
        _scene.Remove("pl/hpc_ckpt_2.ckpt").Remove("pl/hpc_ckpt_3.ckpt");

        var report = await _engine.ApplyPruneAsync(plan);

        Assert.Multiple(async () =>
        {
            Assert.That(planned, Is.EqualTo(PlannedDecision.Remove), "the scene");
            Assert.That(await _store.HeadAsync("pl/hpc_ckpt_1.ckpt"), Is.Not.Null);
            Assert.That(report.Objects.Single(static o => o.Key == "pl/hpc_ckpt_1.ckpt").ErrorCode, Is.EqualTo("TRAINCTL3003"));
        });
    }

    [Test]
    public async Task A_new_checkpoint_is_no_part_of_the_plan()
    {
        var plan = await _engine.PlanPruneAsync(Settings);
        _scene.HuggingFace("checkpoint-4", 4).HuggingFace("checkpoint-5", 5);

        var report = await _engine.ApplyPruneAsync(plan);

        await Survive("checkpoint-3", "checkpoint-4", "checkpoint-5");
        Assert.That(report.Units.Select(static u => u.Decision.Why), Is.EqualTo(
            new[] { "no rule keeps it", "no rule keeps it", "the plan keeps it", "not in the plan", "the last one; newest complete" }));
    }

    [Test]
    public async Task Twice_is_once()
    {
        var plan = await _engine.PlanPruneAsync(Settings);
        var first = await _engine.ApplyPruneAsync(plan);
        var deletions = _store.Deletions.Count;

        var second = await _engine.ApplyPruneAsync(plan);

        await Survive("checkpoint-3");
        Assert.Multiple(() =>
        {
            Assert.That(first.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Removed, PruneResult.Kept }));
            Assert.That(second.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Gone, PruneResult.Gone, PruneResult.Kept }));
            Assert.That((second.ExitCode, second.BytesFreed, _store.Deletions.Count), Is.EqualTo((0, 0L, deletions)));
        });
    }

    [Test]
    public async Task A_plan_half_applied_is_ended_by_applying_it_again()
    {
        var plan = await _engine.PlanPruneAsync(Settings);
        _store.Undeletable.Add("checkpoint-2/model.safetensors");
        await _engine.ApplyPruneAsync(plan);
        _store.Undeletable.Clear();

        var report = await _engine.ApplyPruneAsync(plan);

        await Survive("checkpoint-3");
        Assert.That(report.Objects.Select(static o => o.Key), Is.EqualTo(new[] { "checkpoint-2/model.safetensors" }));
    }

    /// <summary>What is left of it is no checkpoint any more, so the next prune does not know it.</summary>
    [Test]
    public async Task A_metrics_file_that_was_left_goes_when_the_plan_is_applied_again()
    {
        _scene.Put("files/a_step_5.pt", ModelFile.Zip(), 5).Put("files/a_step_5.metrics.json", "{}", 5).Put("files/a_step_6.pt", ModelFile.Zip(), 6);
        var plan = await _engine.PlanPruneAsync(Settings);
        _store.Undeletable.Add("files/a_step_5.metrics.json");
        await _engine.ApplyPruneAsync(plan);
        var left = await _store.HeadAsync("files/a_step_5.metrics.json");
        _store.Undeletable.Clear();

        await _engine.ApplyPruneAsync(plan);

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(left, Is.Not.Null);
            Assert.That(await _store.HeadAsync("files/a_step_5.pt"), Is.Null);
            Assert.That(await _store.HeadAsync("files/a_step_5.metrics.json"), Is.Null);
        });
    }

    [TestCase("secret", ListingProblemKind.UnreadableFolder, TrainctlError.IncompleteListing)]
    [TestCase("trainer_state.json", ListingProblemKind.UnreadableFile, TrainctlError.UnreadablePointer)]
    public async Task A_place_that_cannot_be_listed_any_more_stops_it(string key, ListingProblemKind kind, TrainctlError error)
    {
        var plan = await _engine.PlanPruneAsync(Settings);
        _store.Problem = new ListingProblem(key, kind, $"'{key}' could not be read.");

        await Refused(plan, error);
    }

    [TestCase("checkpoint-3/trainer_state.json")]
    [TestCase("checkpoint-3/model.safetensors")]
    [TestCase("checkpoint-1/model.safetensors")]
    [TestCase("trainer_state.json")]
    public async Task A_file_that_cannot_be_read_any_more_stops_it(string key)
    {
        _scene.Put("trainer_state.json", """{"global_step":3}""");
        var plan = await _engine.PlanPruneAsync(Settings);
        _store.OnRead = read =>
        {
            if (read == key)
                throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
        };

        await Refused(plan, TrainctlError.UnreadablePointer);
    }

    [Test]
    public async Task The_plan_is_the_same_text_each_time_and_survives_being_written()
    {
        var store = new MemoryStore(time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(CatalogScene.Start));
        foreach (var step in (int[])[1, 2])
            store.PutAsync($"run/step_{step}.safetensors", ModelFile.Safetensors(), new PutOptions { ContentModifiedAt = CatalogScene.Start.AddMinutes(step) }).GetAwaiter().GetResult();
        var plan = await EngineOn(store).PlanPruneAsync(Settings with { MaxDeleteShare = 0.5, Trash = ".trash/" }) with { MadeAt = CatalogScene.Start };

        Golden.Verify(plan.ToJson(), "Plan");
        Assert.That(PrunePlan.Parse(plan.ToJson()).ToJson(), Is.EqualTo(plan.ToJson()));
    }

    [TestCase("", "cannot be used")]
    [TestCase("[]", "no version number")]
    [TestCase("""{"version":"1"}""", "no version number")]
    [TestCase("""{"version":1}""", "missing required properties")]
    [TestCase("""{"version":2,"units":7}""", "reads up to version 1. Update Trainctl")]
    [TestCase("""{"version":1,"location":"x","madeAt":"2024-01-01T00:00:00Z","policy":{},"limits":{},"units":[null],"expiredTrash":[]}""", "a checkpoint has no path")]
    [TestCase("""{"version":1,"location":"x","madeAt":"2024-01-01T00:00:00Z","policy":null,"units":[]}""", "null")]
    public async Task What_is_no_plan_of_this_version_is_refused(string json, string message)
    {
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => Task.FromResult(PrunePlan.Parse(json, "prune.json"))))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidFile));
        Assert.That(error.Message, Does.Contain("prune.json").And.Contain(message));
    }

    [TestCase("checkpoint-1/optimizer.pt", "checkpoint-2/optimizer.pt", "not part of it")]
    [TestCase("checkpoint-1/optimizer.pt", "notes.txt", "not part of it")]
    [TestCase("checkpoint-1/optimizer.pt", "checkpoint-1/config.json", "listed twice")]
    public async Task A_plan_that_contradicts_itself_is_refused(string key, string other, string message)
    {
        var json = (await _engine.PlanPruneAsync(Settings)).ToJson().Replace($"\"{key}\"", $"\"{other}\"", StringComparison.Ordinal);

        Assert.That(Assert.Throws<TrainctlException>(() => PrunePlan.Parse(json))!.Message, Does.Contain(message));
    }

    [TestCase("../elsewhere")]
    [TestCase("/tmp")]
    public async Task A_plan_whose_trash_is_elsewhere_is_refused(string trash)
    {
        var plan = PrunePlan.Parse((await _engine.PlanPruneAsync(Settings) with { Trash = trash }).ToJson());

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.ApplyPruneAsync(plan)))!;

        Assert.That((error.Error, _store.Writes.Count), Is.EqualTo((TrainctlError.InvalidSetting, 0)));
    }

    [Test]
    public async Task A_plan_empties_nothing_but_the_trash()
    {
        var plan = await _engine.PlanPruneAsync(Settings with { Trash = ".trash" });
        var notes = new PlannedObject { Key = "notes.txt", Batch = 1, Size = 4, ModifiedAt = plan.MadeAt };

        var asText = Assert.Throws<TrainctlException>(() => PrunePlan.Parse((plan with { ExpiredTrash = [notes] }).ToJson()))!;
        var asRecord = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.ApplyPruneAsync(plan with { ExpiredTrash = [notes] })))!;

        Assert.That(new[] { asText.Message, asRecord.Message }, Is.All.Contains("expiredTrash lists what is not in the trash"));
    }

    [Test]
    public async Task A_file_goes_from_a_dry_run_to_its_application()
    {
        using var folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(folder, "run", step);
        var engine = TestHost.Engine(folder);
        var settings = new PruneCheckpointsSettings { Location = "run", KeepLast = 1, DryRun = true, PlanFile = "plans/prune.json" };
        await engine.PruneCheckpointsAsync(settings);

        var elsewhere = (await Assert.ThrowsAsync<TrainctlException>(() => engine.ApplyPruneAsync(new ApplyPrunePlanSettings { PlanFile = "plans/prune.json", Location = "other" })))!;
        var dry = await engine.ApplyPruneAsync(new ApplyPrunePlanSettings { PlanFile = "plans/prune.json", DryRun = true });
        var before = Directory.GetDirectories(folder.Combine("run")).Length;
        await engine.ApplyPruneAsync(new ApplyPrunePlanSettings { PlanFile = "plans/prune.json", Location = "run/" });

        Assert.Multiple(() =>
        {
            Assert.That(elsewhere.Error, Is.EqualTo(TrainctlError.InvalidSetting));
            Assert.That(elsewhere.Message, Does.Contain(folder.Combine("run")).And.Contain(folder.Combine("other")));
            Assert.That(dry.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Planned, PruneResult.Planned, PruneResult.Kept }));
            Assert.That(before, Is.EqualTo(3));
            Assert.That(folder.Files("run"), Is.All.StartsWith("checkpoint-3/").And.Exactly(3).Items);
        });
    }

    [Test]
    public async Task A_missing_plan_is_named()
    {
        using var folder = new TemporaryFolder();

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => TestHost.Engine(folder).ApplyPruneAsync(new ApplyPrunePlanSettings { PlanFile = "no.json" })))!;

        Assert.That((error.Error, error.Subject), Is.EqualTo((TrainctlError.InvalidFile, "no.json")));
    }

    private static TrainctlEngine EngineOn(IObjectStore store) =>
        new(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => store });

    private async Task Refused(PrunePlan plan, TrainctlError error)
    {
        var thrown = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.ApplyPruneAsync(plan)))!;

        await Survive("checkpoint-1", "checkpoint-2", "checkpoint-3");
        Assert.That((thrown.Error, thrown.ExitCode, _store.Deletions.Count), Is.EqualTo((error, ErrorCatalog.Refused, 0)));
    }

    private async Task Survive(params string[] expected) =>
        Assert.That((await _scene.ReadAsync()).Units.Select(static u => u.Path), Is.EqualTo(expected));
}
