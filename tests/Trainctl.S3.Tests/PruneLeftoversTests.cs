using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>What a prune does about tags, hidden versions and unfinished uploads.</summary>
public sealed class PruneLeftoversTests
{
    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;

    private TrainctlEngine Engine => new(_bucket.Host(_folder));

    private PruneCheckpointsSettings Prune => new() { Location = _bucket.Url("runs"), KeepLast = 1 };

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        for (var step = 1; step <= 4; step++)
            HuggingFaceRun.Write(_folder, "runs/a", step);
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task A_tag_on_any_object_pins_the_checkpoint_also_against_a_limit_and_a_saved_plan()
    {
        await S3TestServer.RequireAsync(ServerAbility.Tags);
        await UploadAsync();
        await TagAsync("runs/a/checkpoint-2/config.json");
        var settings = Prune with { PinTag = "keep" };

        var dry = await Engine.PruneCheckpointsAsync(settings with { DryRun = true });
        var plan = await Engine.PlanPruneAsync(settings);
        await TagAsync("runs/a/checkpoint-3/model.safetensors");
        var applied = await Engine.ApplyPruneAsync(plan);
        var limited = await Engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = _bucket.Url("runs"), MaxTotalSize = 1, PinTag = "keep" });

        Assert.Multiple(() =>
        {
            Assert.That(dry.Units.Select(static u => u.Decision.Keep), Is.EqualTo(new[] { false, true, false, true }));
            Assert.That(dry.Units[1].Decision.Why, Is.EqualTo("pinned by the tag 'keep'"));
            Assert.That(applied.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Kept, PruneResult.Failed, PruneResult.Kept }));
            Assert.That(limited.Units.Select(static u => (u.Decision.Unit.Step, u.Result)), Is.EqualTo(new (long?, PruneResult)[]
            {
                (2, PruneResult.Kept), (3, PruneResult.Kept), (4, PruneResult.Kept),
            }));
        });
    }

    [Test]
    public async Task Only_unfinished_uploads_of_that_age_are_aborted()
    {
        await S3TestServer.RequireAsync(ServerAbility.UploadListing);
        await UploadAsync();
        await _bucket.Client.InitiateMultipartUploadAsync(_bucket.Name, "runs/a/checkpoint-9/model.safetensors");
        await _bucket.Client.InitiateMultipartUploadAsync(_bucket.Name, "elsewhere/model.safetensors");

        var young = await Engine.PruneCheckpointsAsync(Prune with { AbortUploadsAfter = TimeSpan.FromDays(1) });
        var dry = await Engine.PruneCheckpointsAsync(Prune with { AbortUploadsAfter = TimeSpan.Zero, DryRun = true });
        Assert.That(await _bucket.UnfinishedUploadsAsync(), Is.EqualTo(2));
        var old = await Engine.PruneCheckpointsAsync(Prune with { AbortUploadsAfter = TimeSpan.Zero });

        Assert.That(young.Leftovers, Is.Empty);
        Assert.That(dry.Leftovers.Select(static o => o.Key), Is.EqualTo(new[] { "a/checkpoint-9/model.safetensors" }));
        Assert.That(old.Leftovers.Select(static o => (o.Key, o.Error)), Is.EqualTo(new[] { ("a/checkpoint-9/model.safetensors", (string?)null) }));
        Assert.That(await _bucket.UnfinishedUploadsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Hidden_versions_of_checkpoints_go_for_good_and_of_nothing_else()
    {
        await MakeVersionedAsync();
        await UploadAsync();
        await using var store = _bucket.OpenBucket("runs");
        await store.PutAsync("notes.txt", "first"u8.ToArray(), new PutOptions());
        await store.PutAsync("notes.txt", "second"u8.ToArray(), new PutOptions());
        await store.PutAsync("a/checkpoint-4/config.json", "[]"u8.ToArray(), new PutOptions());

        var pruned = await Engine.PruneCheckpointsAsync(Prune);
        var young = await Engine.PruneCheckpointsAsync(Prune with { DeleteHiddenVersionsAfter = TimeSpan.FromDays(1) });
        var dry = await Engine.PruneCheckpointsAsync(Prune with { DeleteHiddenVersionsAfter = TimeSpan.Zero, DryRun = true });
        var before = await store.ListHiddenVersionsAsync().CountAsync();
        var emptied = await Engine.PruneCheckpointsAsync(Prune with { DeleteHiddenVersionsAfter = TimeSpan.Zero });
        var left = await store.ListHiddenVersionsAsync().ToListAsync();

        Assert.Multiple(() =>
        {
            Assert.That((pruned.IsVersioned, pruned.Leftovers.Count, young.Leftovers.Count), Is.EqualTo((true, 0, 0)));
            Assert.That(before, Is.EqualTo((2 * 3 * 4) + 1 + 1), "4 objects of 3 checkpoints and their delete markers, an older config, older notes");
            Assert.That(emptied.Leftovers.Select(static o => o.Error), Is.All.Null);
            Assert.That(dry.Leftovers.Select(static o => (o.Key, o.Bytes, o.Reason)), Is.EqualTo(emptied.Leftovers.Select(static o => (o.Key, o.Bytes, o.Reason))));
            Assert.That(left.Select(static v => (v.Key, v.IsDeleteMarker)), Is.EqualTo(new[] { ("notes.txt", false) }));
        });
        Assert.That((await Engine.ReviewArtifactsAsync(new() { Location = _bucket.Url("runs") })).Runs.Single().Units.Single().Step, Is.EqualTo(4));
    }

    [Test]
    public async Task What_a_delete_marker_hides_never_comes_back()
    {
        await MakeVersionedAsync();
        await UploadAsync();
        await using var store = _bucket.OpenBucket("runs");
        await Engine.PruneCheckpointsAsync(Prune);
        var hidden = await store.ListHiddenVersionsAsync().ToListAsync();
        Assert.That(hidden, Is.Not.Empty);

        await Engine.PruneCheckpointsAsync(Prune with { DeleteHiddenVersionsAfter = TimeSpan.Zero });

        Assert.That(await store.ListAsync(new ListRequest { Prefix = "a/checkpoint-1/" }).CountAsync(), Is.Zero);
        Assert.That(await store.ListHiddenVersionsAsync().CountAsync(), Is.Zero);
    }

    [Test]
    public async Task On_a_folder_these_settings_are_errors()
    {
        PruneCheckpointsSettings[] wrong =
        [
            new() { Location = "runs", KeepLast = 1, PinTag = "keep" },
            new() { Location = "runs", KeepLast = 1, AbortUploadsAfter = TimeSpan.Zero },
            new() { Location = "runs", KeepLast = 1, DeleteHiddenVersionsAfter = TimeSpan.Zero },
        ];
        var before = _folder.Files();

        foreach (var settings in wrong)
        {
            var error = await Assert.ThrowsAsync<TrainctlException>(() => Engine.PruneCheckpointsAsync(settings));
            Assert.That(error!.Error, Is.EqualTo(TrainctlError.InvalidSetting));
            Assert.That(error.Message, Does.Contain("is not a bucket"));
        }

        Assert.That(_folder.Files(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_negative_age_is_bad_input()
    {
        await UploadAsync();
        var error = await Assert.ThrowsAsync<TrainctlException>(() => Engine.PruneCheckpointsAsync(Prune with { AbortUploadsAfter = TimeSpan.FromDays(-1) }));
        Assert.That(error!.Message, Does.Contain("AbortUploadsAfter is -1.00:00:00"));
    }

    private Task<UploadCheckpointsReport> UploadAsync() => Engine.UploadCheckpointsAsync(new() { Source = "runs", Destination = _bucket.Url("runs") });

    private Task<PutObjectTaggingResponse> TagAsync(string key) => _bucket.Client.PutObjectTaggingAsync(new PutObjectTaggingRequest
    {
        BucketName = _bucket.Name, Key = key, Tagging = new Tagging { TagSet = [new Tag { Key = "keep", Value = "" }] },
    });

    private async Task MakeVersionedAsync()
    {
        await S3TestServer.RequireAsync(ServerAbility.Versions);
        await _bucket.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = _bucket.Name, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
    }
}
