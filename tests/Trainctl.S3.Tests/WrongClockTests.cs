using System.Collections.Concurrent;
using System.Globalization;
using Amazon;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.S3.Retrying;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>
/// A machine whose clock is an hour wrong, at the beginning or from some request on: the real server refuses what is signed so (RequestTimeTooSkewed), and
/// gets it again with the clock put right.
/// </summary>
[NonParallelizable]
public sealed class WrongClockTests
{
    private const string Name = "large";
    private const int Size = 12_000_000;

    private readonly ConcurrentQueue<TimeSpan> _wrongBy = [];
    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;
    private TemporaryFolder _folder = null!;
    private TimeSpan _offset;
    private TimeSpan? _correction;

    [SetUp]
    public async Task SetUp()
    {
        (_offset, _correction) = (StoreClock.Shared.Offset, AWSConfigs.ManualClockCorrection);
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _wrongBy.Clear();
        _proxy = new FaultProxy(_bucket.Endpoint.Url) { Decide = Note };
        _folder.Write("from/small", "small");
        _folder.Write("from/" + Name, "");
        var content = new byte[Size];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(_folder.Combine("from/" + Name), content);
    }

    [TearDown]
    public async Task TearDown()
    {
        StoreClock.Shared.Set(_offset);
        AWSConfigs.ManualClockCorrection = _correction;
        await _proxy.DisposeAsync();
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task An_upload_goes_through([Values(-60, 60)] int minutes, [Values(S3RequestKind.List, S3RequestKind.UploadPart, S3RequestKind.CompleteUpload)] S3RequestKind from)
    {
        SetWrong(minutes, from);

        await SyncAsync("from", _bucket.Url());

        AssertWasWrong(minutes);
        await SyncBackAsync();
    }

    [Test]
    public async Task A_download_goes_through([Values(-60, 60)] int minutes, [Values(S3RequestKind.List, S3RequestKind.Get)] S3RequestKind from)
    {
        await SyncAsync("from", _bucket.Url());
        _wrongBy.Clear();
        SetWrong(minutes, from);

        await SyncBackAsync();

        AssertWasWrong(minutes);
    }

    [Test]
    public async Task A_look_at_an_object_finds_it([Values(-60, 60)] int minutes)
    {
        await SyncAsync("from", _bucket.Url());
        _wrongBy.Clear();
        SetWrong(minutes, S3RequestKind.Head);

        await using var store = Open();

        Assert.That((await store.HeadAsync(Name))!.Size, Is.EqualTo(Size));
        AssertWasWrong(minutes);
    }

    [Test]
    public async Task What_the_SDK_asks_is_answered([Values(-60, 60)] int minutes)
    {
        SetWrong(minutes, S3RequestKind.List);

        await using var store = (IBucketStore)Open();

        Assert.That(await store.IsVersionedAsync(), Is.False);
        AssertWasWrong(minutes);
    }

    /// <summary>From the first request of a kind on; a listing is what everything begins with.</summary>
    private void SetWrong(int minutes, S3RequestKind from)
    {
        if (from is S3RequestKind.List or S3RequestKind.Head)
        {
            StoreClock.Shared.Set(TimeSpan.FromMinutes(minutes));
            return;
        }

        var hasCome = 0;
        _proxy.Decide = request =>
        {
            if (request.Kind != from || Interlocked.Exchange(ref hasCome, 1) != 0)
                return Note(request);
            StoreClock.Shared.Set(TimeSpan.FromMinutes(minutes));
            // One part of several is let through; what comes alone must be signed again.
            return from == S3RequestKind.UploadPart ? Note(request) : new Fault(FaultKind.InternalError);
        };
    }

    private Fault? Note(S3Request request)
    {
        var signedAt = DateTimeOffset.ParseExact(request.Head["x-amz-date"]!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        _wrongBy.Enqueue(signedAt - DateTimeOffset.UtcNow);
        return null;
    }

    /// <summary>It was so for at least one request, and for none at the end.</summary>
    private void AssertWasWrong(int minutes)
    {
        Assert.That(_wrongBy.Where(by => Math.Abs(by.TotalMinutes - minutes) < 30), Is.Not.Empty);
        Assert.That(_wrongBy.Last().TotalMinutes, Is.EqualTo(0).Within(30));
        Assert.That(StoreClock.Shared.Offset.TotalMinutes, Is.EqualTo(0).Within(10));
        Assert.That(AWSConfigs.ManualClockCorrection!.Value.TotalMinutes, Is.EqualTo(0).Within(10));
    }

    private IObjectStore Open() => _bucket.Open(changes: new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address });

    private async Task SyncBackAsync()
    {
        await SyncAsync(_bucket.Url(), "to");
        Assert.That(_folder.Files("to"), Is.EquivalentTo(["small", Name]));
        Assert.That(File.ReadAllBytes(_folder.Combine("to/" + Name)).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.Combine("from/" + Name))), Is.True);
    }

    private async Task SyncAsync(ObjectUrl source, ObjectUrl destination)
    {
        var host = _bucket.Host(_folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address });
        var report = await new TrainctlEngine(host).SyncAsync(new SyncSettings { Source = source, Destination = destination, Transfer = FaultScene.SmallParts });
        Assert.That(report.ExitCode, Is.Zero, FailureSummary.Of(report));
        Assert.That(report.Objects.Count(static o => o.Result == OutcomeResult.Done), Is.EqualTo(2));
    }
}
