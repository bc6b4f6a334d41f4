using System.Collections.Concurrent;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Verification;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Testing.Frameworks;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>
/// Objects that a store lists and does not have, until somebody writes them: what stays in the index of a Ceph server at times when two write and delete one
/// object at once (<see cref="TwoMachinesTests"/>). The proxy answers so for objects of a real server.
/// </summary>
public sealed class ListedAndGoneTests
{
    private const string ManifestKey = "data/run/checkpoint-10/.trainctl-manifest.json";
    private const string ModelKey = "data/run/checkpoint-10/model.safetensors";

    private readonly ConcurrentDictionary<string, bool> _gone = new(StringComparer.Ordinal);
    private FaultScene _scene = null!;

    [SetUp]
    public async Task SetUp()
    {
        _gone.Clear();
        _scene = await FaultScene.CreateAsync(seed: 1);
        _scene.Proxy.Decide = Decide;
        foreach (var step in new[] { 10, 20 })
        {
            foreach (var (key, content) in TrainerRun.Checkpoint("local/run", step))
                _scene.Write(key, content);
        }

        await _scene.Direct.UploadCheckpointsAsync(Upload);
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    private UploadCheckpointsSettings Upload => new() { Source = "local", Destination = _scene.Remote };

    [TestCase(ManifestKey)]
    [TestCase(ManifestKey, ModelKey)]
    public async Task A_checkpoint_without_its_manifest_is_published_again(params string[] gone)
    {
        foreach (var key in gone)
            _gone[key] = true;

        var report = await _scene.Faulty.UploadCheckpointsAsync(Upload);
        var verified = await _scene.Faulty.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = _scene.Remote });

        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PublishResult.Published, PublishResult.Unchanged }), string.Join('\n', report.Units));
        Assert.That(report.Objects.Select(static o => "data/" + o.Key), Is.EqualTo(gone[1..]), "the rest is there");
        Assert.That(verified.Units.Select(static u => u.Result), Is.All.EqualTo(VerifyResult.Proven).And.Exactly(2).Items);
        Assert.That((report.ExitCode, _gone.Count), Is.EqualTo((0, 0)));
    }

    /// <summary>The store is wrong when it is asked for the manifest, not in its listing: nothing may be replaced below a manifest.</summary>
    [Test]
    public async Task A_manifest_that_is_there_after_all_goes_before_objects_are_replaced()
    {
        _scene.Write("local/run/checkpoint-10/model.safetensors", ModelFile.Safetensors(9_000));
        var changes = new ConcurrentQueue<(S3RequestKind Kind, string Key)>();
        var isWrong = Fault.ForFirst(1, static r => r.Kind == S3RequestKind.Get && r.Key == ManifestKey, new Fault(FaultKind.NoSuchKey));
        _scene.Proxy.Decide = request =>
        {
            if (request.Kind is S3RequestKind.Put or S3RequestKind.Delete)
                changes.Enqueue((request.Kind, request.Key));
            return isWrong(request);
        };

        var report = await _scene.Faulty.UploadCheckpointsAsync(Upload);

        Assert.That(changes, Is.EqualTo(new[] { (S3RequestKind.Delete, ManifestKey), (S3RequestKind.Put, ModelKey), (S3RequestKind.Put, ManifestKey) }));
        Assert.That((report.ExitCode, _scene.Proxy.Traffic.Total.Faults), Is.EqualTo((0, 1)));
    }

    /// <summary>Nobody can tell what such a checkpoint is, so it is neither counted nor removed.</summary>
    [Test]
    public async Task A_prune_leaves_a_checkpoint_alone_whose_manifest_cannot_be_found()
    {
        _gone[ManifestKey] = true;

        var report = await _scene.Faulty.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = _scene.Remote, KeepLast = 1 });

        Assert.That(report.Units.Select(static u => (u.Decision.Unit.Path, u.Result)), Is.EquivalentTo(new[] { ("run/checkpoint-10", PruneResult.Kept), ("run/checkpoint-20", PruneResult.Kept) }));
        Assert.That((await _scene.ObjectsAsync()).Keys, Does.Contain("run/checkpoint-10/model.safetensors"));
    }

    [Test]
    public async Task A_local_prune_keeps_what_has_no_manifest_where_it_is_published()
    {
        foreach (var (key, content) in TrainerRun.Checkpoint("local/run", 30))
            _scene.Write(key, content);
        await _scene.Direct.UploadCheckpointsAsync(Upload);
        _gone[ManifestKey] = true;

        var report = await _scene.Faulty.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "local", KeepLast = 1, RequireUploaded = _scene.Remote });

        Assert.That(report.Units.Where(static u => u.Result == PruneResult.Removed).Select(static u => u.Decision.Unit.Path), Is.EqualTo(new[] { "run/checkpoint-20" }));
        Assert.That(report.Units.Single(static u => u.Decision.Unit.Path == "run/checkpoint-10").Decision.KeepReasons.Single().Text, Does.EndWith("it has no manifest there"));
        Assert.That(report.ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_verification_says_that_a_checkpoint_is_not_whole()
    {
        _gone[ModelKey] = true;

        var verified = await _scene.Faulty.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = _scene.Remote });

        Assert.That(verified.Units.Select(static u => u.Result), Is.EqualTo(new[] { VerifyResult.Incomplete, VerifyResult.Proven }));
        Assert.That(verified.ExitCode, Is.Not.Zero);
    }

    private Fault? Decide(S3Request request)
    {
        var key = Uri.UnescapeDataString(request.Key);
        if (request.Kind is S3RequestKind.Put or S3RequestKind.CompleteUpload)
            _gone.TryRemove(key, out _);
        return request.Kind is S3RequestKind.Get or S3RequestKind.Head && _gone.ContainsKey(key) ? new Fault(FaultKind.NoSuchKey) : null;
    }
}
