using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Verification;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Staging;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>Listings that begin well and fail on their second page, each time: what was not listed is taken neither for missing nor for gone.</summary>
[TestFixture(FaultKind.InternalError)]
[TestFixture(FaultKind.CutAnswer)]
public sealed class FailedListingTests(FaultKind kind)
{
    private FaultScene _scene = null!;

    [SetUp]
    public async Task SetUp() => _scene = await FaultScene.CreateAsync(seed: 1);

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [Test]
    public async Task A_sync_up_deletes_nothing_and_sends_nothing_again()
    {
        Write("from", 20);
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote });
        Write("other", 30);
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "other", Destination = _scene.Remote.Append("other") });
        var before = await _scene.ObjectsAsync();

        await AssertFailsAsync(() => _scene.Faulty.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Delete = true }));

        Assert.That(await _scene.ObjectsAsync(), Is.EqualTo(before));
        AssertNothingWritten();
    }

    [Test]
    public async Task A_sync_down_deletes_nothing_and_writes_only_whole_files()
    {
        Write("from", 20);
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote });
        Write("to", 30, changed: 3);
        var (before, objects) = (_scene.Files("to"), await _scene.ObjectsAsync());

        await AssertFailsAsync(() => _scene.Faulty.SyncAsync(new SyncSettings { Source = _scene.Remote, Destination = "to", Delete = true }));

        var after = _scene.Files("to");
        Assert.That(after.Keys, Is.EquivalentTo(before.Keys));
        foreach (var (key, content) in after)
            Assert.That(content, Is.EqualTo(before[key]).Or.EqualTo(objects.GetValueOrDefault(key)), key);
    }

    [Test]
    public async Task A_copy_down_fails_and_leaves_only_whole_files()
    {
        Write("from", 20);
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote });

        await AssertFailsAsync(() => _scene.Faulty.CopyAsync(new CopySettings { Source = _scene.Remote, Destination = "to", Recursive = true }));

        Assert.That(_scene.Files("to"), Is.SubsetOf(_scene.Files("from")));
    }

    [Test]
    public async Task A_staging_writes_no_lock_file()
    {
        Write("from", 20);
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote });

        await AssertFailsAsync(() => _scene.Faulty.StageDataAsync(new StageDataSettings { Source = _scene.Remote, Destination = "to", LockFile = "data.lock" }));

        Assert.That(File.Exists(_scene.Folder.Combine("data.lock")), Is.False);
        Assert.That(_scene.Files("to"), Is.SubsetOf(_scene.Files("from")));
    }

    [Test]
    public async Task A_publishing_writes_nothing()
    {
        var settings = await PublishAsync(checkpoints: 5);
        HuggingFaceRun.Write(_scene.Folder, "local/run", 6);
        var before = await _scene.ObjectsAsync();

        await AssertFailsAsync(() => _scene.Faulty.UploadCheckpointsAsync(settings));

        Assert.That(await _scene.ObjectsAsync(), Is.EqualTo(before));
        AssertNothingWritten();
    }

    [Test]
    public async Task A_prune_deletes_nothing([Values(null, ".trash")] string? trash)
    {
        await PublishAsync(checkpoints: 5);
        var before = await _scene.ObjectsAsync();

        await AssertFailsAsync(() => _scene.Faulty.PruneCheckpointsAsync(new() { Location = _scene.Remote, KeepLast = 1, Trash = trash }));

        Assert.That(await _scene.ObjectsAsync(), Is.EqualTo(before));
        AssertNothingWritten();
    }

    /// <summary>Those of the first page alone would pass for all that there are.</summary>
    [Test]
    public async Task A_verification_calls_nothing_proven()
    {
        await PublishAsync(checkpoints: 5);

        await AssertFailsAsync(() => _scene.Faulty.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = _scene.Remote }));
    }

    /// <summary>Runs with the fault: the first page comes, the next never does, and the run ends as one that could not read the store.</summary>
    private async Task AssertFailsAsync<T>(Func<Task<T>> operation)
        where T : Report
    {
        _scene.Proxy.Decide = request => request.IsLaterPage ? new Fault(kind) { At = 400 } : null;

        var run = await FaultScene.TryAsync(operation);

        Assert.That((run.Failure?.Error, run.ExitCode), Is.EqualTo((TrainctlError.StoreUnavailable, ErrorCatalog.StoreFailure)), _scene.Story(run));
        var lists = _scene.Proxy.Traffic.Of(S3RequestKind.List);
        Assert.That(lists.Requests, Is.GreaterThan(lists.Faults), "the first page came");
        Assert.That(lists.Faults, Is.GreaterThan(1), "the second one was asked for again");
    }

    private void AssertNothingWritten()
    {
        S3RequestKind[] reading = [S3RequestKind.List, S3RequestKind.Head, S3RequestKind.Get];
        Assert.That(Enum.GetValues<S3RequestKind>().Except(reading).Where(k => _scene.Proxy.Traffic.Of(k).Requests > 0), Is.Empty);
    }

    private async Task<UploadCheckpointsSettings> PublishAsync(int checkpoints)
    {
        for (var step = 1; step <= checkpoints; step++)
            HuggingFaceRun.Write(_scene.Folder, "local/run", step);
        var settings = new UploadCheckpointsSettings { Source = "local", Destination = _scene.Remote };
        await _scene.Direct.UploadCheckpointsAsync(settings);
        return settings;
    }

    /// <param name="folder">Where.</param>
    /// <param name="count">How many files.</param>
    /// <param name="changed">How many of them are other ones than elsewhere.</param>
    private void Write(string folder, int count, int changed = 0)
    {
        for (var i = 0; i < count; i++)
            _scene.Write($"{folder}/f{i:00}", [.. Enumerable.Repeat((byte)i, 1_000 + i + (i < changed ? 100 : 0))]);
    }
}
