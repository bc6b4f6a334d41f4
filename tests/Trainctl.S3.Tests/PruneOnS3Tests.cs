using Trainctl.Checkpoints;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.S3.Tests;

/// <summary>Plans, trash and several prunes at once on a real server.</summary>
public sealed class PruneOnS3Tests
{
    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        for (var step = 1; step <= 6; step++)
            HuggingFaceRun.Write(_folder, "runs/run 1+%", step);
        await Engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "runs", Destination = Remote });
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task Several_prunes_at_once_leave_the_same_and_none_fails([Values(null, ".trash")] string? trash)
    {
        var reports = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Engine.PruneCheckpointsAsync(Prune with { Trash = trash })));
        var left = await UnitsAsync();

        Assert.Multiple(() =>
        {
            Assert.That(reports.Select(static r => r.ExitCode), Is.All.Zero, string.Join('\n', reports.SelectMany(static r => r.Objects).Select(static o => o.Error)));
            Assert.That(left.Select(static u => (u.Step, u.State)), Is.EqualTo(new (long?, CheckpointState)[] { (5, CheckpointState.Complete), (6, CheckpointState.Complete) }));
        });
    }

    [Test]
    public async Task What_went_to_the_trash_comes_back_with_its_metadata()
    {
        var before = await HeadsAsync();

        var moved = await Engine.PruneCheckpointsAsync(Prune with { Trash = ".trash" });
        var restored = await Engine.RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = Remote });

        var after = await HeadsAsync();
        Assert.Multiple(() =>
        {
            Assert.That(moved.Objects.Select(static o => (o.Action, o.Result)), Is.All.EqualTo((ObjectAction.Move, OutcomeResult.Done)).And.Exactly(16).Items);
            Assert.That(restored.Units.Select(static u => u.Result), Is.All.EqualTo(RestoreResult.Restored).And.Exactly(4).Items);
            Assert.That(after, Is.EqualTo(before));
        });
    }

    [Test]
    public async Task A_written_plan_is_applied_as_long_as_nothing_changed()
    {
        var plan = PrunePlan.Parse((await Engine.PlanPruneAsync(Prune)).ToJson());
        await using (var store = _bucket.Open("runs"))
            await store.PutAsync("run 1+%/checkpoint-2/model.safetensors", ModelFile.Safetensors(99), new PutOptions());

        var first = await Engine.ApplyPruneAsync(plan);
        var second = await Engine.ApplyPruneAsync(plan);

        Assert.Multiple(() =>
        {
            Assert.That(first.Units.Select(static u => u.Result), Is.EqualTo(new[]
            {
                PruneResult.Removed, PruneResult.Failed, PruneResult.Removed, PruneResult.Removed, PruneResult.Kept, PruneResult.Kept,
            }));
            Assert.That(second.Units.Select(static u => u.Result), Is.EqualTo(new[]
            {
                PruneResult.Gone, PruneResult.Failed, PruneResult.Gone, PruneResult.Gone, PruneResult.Kept, PruneResult.Kept,
            }));
        });
    }

    /// <summary>
    /// By the time of its upload what is left seems to be newer than complete ones, whose manifests tell when they were saved: it could be an upload that is
    /// under way. A plan knows better, and so does every prune once training has moved on.
    /// </summary>
    [Test]
    public async Task Remains_of_a_published_checkpoint_go_by_the_plan_or_when_training_has_moved_on([Values] bool byPlan)
    {
        var plan = await Engine.PlanPruneAsync(Prune);
        await using (var store = _bucket.Open("runs"))
            await store.DeleteAsync([new DeleteRequest("run 1+%/checkpoint-1/.trainctl-manifest.json"), new DeleteRequest("run 1+%/checkpoint-1/trainer_state.json")]);
        if (byPlan)
        {
            await Engine.ApplyPruneAsync(plan);
            Assert.That((await UnitsAsync()).Select(static u => u.Step), Is.EqualTo(new long?[] { 5, 6 }));
            return;
        }

        await Engine.PruneCheckpointsAsync(Prune);
        var between = await UnitsAsync();
        HuggingFaceRun.Write(_folder, "runs/run 1+%", 7);
        foreach (var file in Directory.EnumerateFiles(_folder.Combine("runs/run 1+%/checkpoint-7")))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(10));
        Directory.Delete(_folder.Combine("runs/run 1+%/checkpoint-1"), recursive: true);
        await Engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "runs", Destination = Remote });
        await Engine.PruneCheckpointsAsync(Prune);

        Assert.That(between.Select(static u => (u.Step, u.State)), Does.Contain(((long?)1, CheckpointState.InFlight)));
        Assert.That((await UnitsAsync()).Select(static u => u.Step), Is.EqualTo(new long?[] { 6, 7 }));
    }

    [Test]
    public async Task A_local_checkpoint_goes_when_its_copy_on_the_server_is_equal()
    {
        File.SetLastWriteTimeUtc(_folder.Combine("runs/run 1+%/checkpoint-2/config.json"), DateTime.UtcNow);
        await File.WriteAllTextAsync(_folder.Combine("runs/run 1+%/checkpoint-3/config.json"), "[]");

        var report = await Engine.PruneCheckpointsAsync(Prune with { Location = "runs", RequireUploaded = Remote });

        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[]
        {
            PruneResult.Removed, PruneResult.Removed, PruneResult.Kept, PruneResult.Removed, PruneResult.Kept, PruneResult.Kept,
        }));
    }

    private string Remote => _bucket.Url("runs").ToString();

    private PruneCheckpointsSettings Prune => new() { Location = Remote, KeepLast = 2 };

    private TrainctlEngine Engine => new(_bucket.Host(_folder));

    private async Task<CheckpointUnit[]> UnitsAsync()
    {
        await using var store = _bucket.Open("runs");
        return [.. (await CheckpointCatalog.ReadAsync(store)).Units];
    }

    private async Task<string[]> HeadsAsync()
    {
        await using var store = _bucket.Open("runs");
        var heads = new List<string>();
        await foreach (var found in store.ListAsync(new ListRequest()))
        {
            var head = (await store.HeadAsync(found.Key))!;
            heads.Add($"{head.Key} {head.Size} {head.ContentModifiedAt:O} {head.Checksum} {head.ContentMd5}");
        }

        return [.. heads];
    }
}
