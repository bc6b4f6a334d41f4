using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Tests.Watching;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>Who may write and not delete cannot take back a manifest that somebody else made untrue. It must not pass for a true one, nor be passed over.</summary>
public sealed class UntrueManifestTests
{
    private const string Path = "run/checkpoint-5";
    private const string ManifestKey = Path + "/" + Manifest.FileName;
    private const string Model = Path + "/model.safetensors";

    private readonly ListLog _log = new();

    private MemoryStore _source = null!;
    private MemoryStore _there = null!;
    private HookedStore _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _log.Warnings.Clear();
        _source = new CatalogScene().HuggingFace(Path, 5, 5).Put(Model, ModelFile.Safetensors(), 5).HuggingFace("run/checkpoint-6", 6, 6).Store;
        _there = new MemoryStore("s3://destination", MemoryStore.S3Traits);
        _destination = new HookedStore(_there);
        _destination.Undeletable.Add(ManifestKey);
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _destination.DisposeAsync();
        await _there.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Test]
    public async Task A_manifest_that_cannot_be_deleted_vouches_for_nothing_and_the_next_upload_sends_all_again()
    {
        _destination.OnWrite = key => ReplaceModelBeforeManifest(key);
        var first = await PublishAsync();
        var state = (await CheckpointCatalog.ReadAsync(_there, new CatalogOptions(), CancellationToken.None)).Units.Single(static u => u.Path == Path);

        _destination.OnWrite = null;
        var second = await PublishAsync();

        Assert.Multiple(() =>
        {
            Assert.That((Of(first).Result, first.ExitCode), Is.EqualTo((PublishResult.Failed, ErrorCatalog.PartialFailure)));
            Assert.That(Of(first).Why, Does.StartWith($"{Model} was written or removed by somebody else").And.Contains("no manifest vouches for it"));
            Assert.That(state.State, Is.Not.EqualTo(CheckpointState.Complete));
            Assert.That(state.StateReason, Is.EqualTo("its manifest cannot be parsed"));
            Assert.That(Of(second).Result, Is.EqualTo(PublishResult.Published), Of(second).Why);
            Assert.That(_log.Warnings, Is.Empty);
        });
        Assert.That(await ReadAsync(_there, Model), Is.EqualTo(await ReadAsync(_source, Model)));
    }

    [Test]
    public async Task Nothing_is_removed_that_only_such_a_manifest_vouches_for()
    {
        _destination.OnWrite = key => ReplaceModelBeforeManifest(key);
        await PublishAsync();

        var prune = new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1, RequireUploaded = "s3://destination" };
        var report = await new PruneCheckpoints(prune, Host, _source, _destination).RunAsync(CancellationToken.None);

        Assert.That(report.Units.Single(static u => u.Decision.Unit.Path == Path).Decision.Why, Does.Contain("its manifest there cannot be parsed"));
    }

    [Test]
    public async Task A_manifest_that_can_neither_be_deleted_nor_replaced_is_told()
    {
        _destination.OnWrite = key =>
        {
            if (key == ManifestKey && _destination.Writes.Contains(ManifestKey))
                throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
            ReplaceModelBeforeManifest(key);
        };

        var report = await PublishAsync();

        var told = $"a manifest that is not true is still at 's3://destination/{ManifestKey}'";
        Assert.Multiple(() =>
        {
            Assert.That(Of(report).Why, Does.Contain(told).And.Not.Contains("no manifest vouches"));
            Assert.That(_log.Warnings, Has.One.Contains(told));
        });
    }

    [Test]
    public async Task It_is_told_too_when_the_upload_failed_itself()
    {
        _destination.OnHead = static key => throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
        _destination.OnWrite = static key =>
        {
            if (key == ManifestKey)
                throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
        };

        var report = await PublishAsync();

        var told = $"a manifest that is not true may still be at 's3://destination/{ManifestKey}'";
        Assert.Multiple(() =>
        {
            Assert.That(Of(report).Why, Does.StartWith("No answer.").And.Contains(told));
            Assert.That(_log.Warnings, Has.One.Contains(told));
        });
    }

    [Test]
    public async Task It_is_logged_when_the_upload_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        _destination.OnWrite = key =>
        {
            if (key == ManifestKey)
                throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
            if (key != Path + "/trainer_state.json")
                return;
            _there.PutAsync(ManifestKey, "{}"u8.ToArray(), new PutOptions()).GetAwaiter().GetResult();
            stop.Cancel();
        };

        Assert.That(() => PublishAsync(stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_log.Warnings, Has.One.Contains($"a manifest that is not true is still at 's3://destination/{ManifestKey}'"));
    }

    private EngineHost Host => new() { WorkingDirectory = System.IO.Path.GetTempPath(), Environment = static _ => null, Log = _log };

    private Task<UploadCheckpointsReport> PublishAsync(CancellationToken cancellationToken = default) => new UploadCheckpoints(
        new UploadCheckpointsSettings { Source = "s3://memory", Destination = "s3://destination" }, Host, _source, _destination).RunAsync(cancellationToken);

    private static PublishedUnit Of(UploadCheckpointsReport report) => report.Units.Single(static u => u.Path == Path);

    /// <summary>As another publisher does: as many bytes, of the same time, and others.</summary>
    private void ReplaceModelBeforeManifest(string key)
    {
        if (key != ManifestKey || _destination.Writes.Contains(ManifestKey))
            return;
        var other = ModelFile.Safetensors();
        other[^1] ^= 1;
        _there.PutAsync(Model, other, new PutOptions()).GetAwaiter().GetResult();
    }

    private static async Task<byte[]> ReadAsync(MemoryStore store, string key)
    {
        using var content = new MemoryStream();
        await using var stream = await store.OpenReadAsync(key);
        await stream.CopyToAsync(content);
        return content.ToArray();
    }
}
