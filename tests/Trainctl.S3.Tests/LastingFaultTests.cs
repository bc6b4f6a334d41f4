using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>One thing that fails each time, however often it is tried: it ends in an error that is told, and in nothing else.</summary>
[TestFixtureSource(typeof(RealS5cmd), nameof(RealS5cmd.Backends))]
public sealed class LastingFaultTests(TransferBackend backend)
{
    private static readonly DateTime Earlier = new(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private FaultScene _scene = null!;

    [SetUp]
    public async Task SetUp() => _scene = await FaultScene.CreateAsync(seed: 1, backend);

    /// <summary>Without s5cmd its part is skipped before there is a scene.</summary>
    [TearDown]
    public async Task TearDown() => await (_scene?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Bytes_that_are_damaged_on_each_way_in_are_stored_under_no_name([Values("f03", "large")] string key)
    {
        Write("from", 5);
        _scene.Write("from/large", _scene.Content(6_000_000));
        _scene.Write("older/large", _scene.Content(100), Earlier);
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "older", Destination = _scene.Remote });
        var older = await _scene.ObjectsAsync();
        _scene.Proxy.Decide = request => request.Key.EndsWith(key, StringComparison.Ordinal) && request.BodyBytes > 0 ? new Fault(FaultKind.FlipRequest) { At = 77 } : null;

        var run = await FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Transfer = _scene.Transfer }));

        var objects = await _scene.ObjectsAsync();
        AssertOneMismatch(run, key);
        _scene.AssertBackend(run);
        Assert.That(objects.GetValueOrDefault(key), Is.EqualTo(older.GetValueOrDefault(key)));
        Assert.That(objects.Keys.Append(key).Distinct(), Is.EquivalentTo(_scene.Files("from").Keys));
        Assert.That(await _scene.UnfinishedUploadsAsync(), Is.Zero);
    }

    [Test]
    public async Task Bytes_that_are_damaged_on_each_way_out_are_written_under_no_name([Values("f03", "large", "foreign")] string key)
    {
        Write("from", 5);
        _scene.Write("from/large", _scene.Content(6_000_000));
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Transfer = FaultScene.SmallParts });
        await _scene.Bucket.Client.PutObjectAsync(new() { BucketName = _scene.Bucket.Name, Key = "data/foreign", InputStream = new MemoryStream(_scene.Content(4_000)) });
        _scene.Write($"to/{key}", [1, 2, 3], Earlier);
        _scene.Proxy.Decide = request => request.Key.EndsWith(key, StringComparison.Ordinal) && request.Kind == S3RequestKind.Get ? new Fault(FaultKind.FlipAnswer) { At = 77 } : null;

        var run = await FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(new SyncSettings { Source = _scene.Remote, Destination = "to", Transfer = _scene.Transfer }));

        var files = _scene.Files("to");
        AssertOneMismatch(run, key);
        _scene.AssertBackend(run);
        Assert.That(files[key], Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(files.Keys, Is.EquivalentTo((await _scene.ObjectsAsync()).Keys), "and no temporary file beside them");
    }

    [TestCase(FaultKind.ErrorInsideOk, false)]
    [TestCase(FaultKind.UploadForgotten, true)]
    [TestCase(FaultKind.ResetAnswer, true)]
    public async Task A_completion_counts_when_the_object_is_there_whatever_the_answer(FaultKind kind, bool isDone)
    {
        _scene.Write("from/large", _scene.Content(6_000_000));
        _scene.Proxy.Decide = request => request.Kind == S3RequestKind.CompleteUpload ? new Fault(kind) : null;

        var run = await FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Transfer = _scene.Transfer }));

        Assert.That(run.IsSuccess, Is.EqualTo(isDone), _scene.Story(run));
        _scene.AssertBackend(run);
        Assert.That(run.Failed.Select(static o => o.ErrorCode), Is.All.EqualTo(ErrorCatalog.Code(TrainctlError.StoreUnavailable)));
        Assert.That(await _scene.ObjectsAsync(), Is.EqualTo(isDone ? _scene.Files("from") : []));
        Assert.That(await _scene.UnfinishedUploadsAsync(), Is.Zero);
    }

    private static void AssertOneMismatch(FaultyRun<SyncReport> run, string key)
    {
        Assert.That(run.Failed.Select(static o => (o.Key, o.ErrorCode)), Is.EqualTo(new[] { (key, ErrorCatalog.Code(TrainctlError.ChecksumMismatch)) }));
        Assert.That(run.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
    }

    private void Write(string folder, int count, DateTime? time = null)
    {
        for (var i = 0; i < count; i++)
            _scene.Write($"{folder}/f{i:00}", _scene.Content(1_000 + i), time);
    }
}
