using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>A connection to a real server that falls silent and stays open: it is given up, and what was on it is sent or fetched again. Time passes when a test says so.</summary>
public sealed class StalledConnectionTests
{
    private const int InParts = 12_000_000;

    private StandingTime _time = null!;
    private StoryLog _log = null!;
    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;
    private TemporaryFolder _folder = null!;
    private TaskCompletionSource _stalled = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _proxy = new FaultProxy(_bucket.Endpoint.Url);
        _folder = new TemporaryFolder();
        (_time, _log) = (new StandingTime(), new StoryLog());
        _stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [TestCase(S3RequestKind.List, FaultKind.Stall, 0, 0)]
    [TestCase(S3RequestKind.Put, FaultKind.StallRequest, 500_000, 1_000_000)]
    [TestCase(S3RequestKind.Put, FaultKind.Stall, 0, 1_000_000)]
    [TestCase(S3RequestKind.UploadPart, FaultKind.StallRequest, 500_000, InParts)]
    [TestCase(S3RequestKind.UploadPart, FaultKind.Stall, 0, InParts)]
    [TestCase(S3RequestKind.UploadPart, FaultKind.Stall, 20, InParts)]
    [TestCase(S3RequestKind.CompleteUpload, FaultKind.StallRequest, 500, InParts)]
    public async Task An_upload_ends_whole(S3RequestKind kind, FaultKind fault, int at, int size)
    {
        Write(size);
        Stall(kind, fault, at);

        await EndAsync(SyncAsync("from", _bucket.Url()));

        Assert.That(_log.Said, Has.Some.Contains("less than 60000 bytes in").And.Contains("is tried again (attempt 2)"));
        Assert.That(_proxy.Traffic.Of(kind).Requests, Is.EqualTo(kind == S3RequestKind.UploadPart ? 4 : 2));
        Assert.That(await _bucket.UnfinishedUploadsAsync("large"), Is.Zero);
        await AssertSameAsync();
    }

    /// <summary>The store has done it by then and may not know the upload any more, so the object itself has to prove it.</summary>
    [TestCase(0)]
    [TestCase(20)]
    [TestCase(400)]
    public async Task An_upload_that_was_completed_without_an_answer_ends_whole(int at)
    {
        Write(InParts);
        Stall(S3RequestKind.CompleteUpload, FaultKind.Stall, at);

        await EndAsync(SyncAsync("from", _bucket.Url()));

        Assert.That(_log.Said, Has.Some.Contains("less than 60000 bytes in"));
        Assert.That(_proxy.Traffic.Of(S3RequestKind.UploadPart).Requests, Is.EqualTo(3));
        Assert.That(await _bucket.UnfinishedUploadsAsync("large"), Is.Zero);
        await AssertSameAsync();
    }

    [TestCase(S3RequestKind.List, 20)]
    [TestCase(S3RequestKind.List, 500)]
    [TestCase(S3RequestKind.Get, 0)]
    [TestCase(S3RequestKind.Get, 100)]
    [TestCase(S3RequestKind.Get, 2_000_000)]
    public async Task A_download_ends_whole(S3RequestKind kind, int at)
    {
        Write(InParts);
        await SyncAsync("from", _bucket.Url());
        var before = _proxy.Traffic.Of(kind).Requests;
        Stall(kind, FaultKind.Stall, at);

        await EndAsync(SyncAsync(_bucket.Url(), "to"));

        Assert.That(_proxy.Traffic.Of(kind).Requests - before, Is.EqualTo(kind == S3RequestKind.Get ? 4 : 2));
        await AssertSameAsync();
    }

    /// <summary>So much of it that no buffer on the way can hold the rest.</summary>
    [Test]
    public async Task A_body_that_stops_in_the_middle_is_sent_again_from_its_beginning()
    {
        var content = new byte[40_000_000];
        new Random(2).NextBytes(content);
        Stall(S3RequestKind.Put, FaultKind.StallRequest, 1_000_000);
        await using var store = Open();

        await EndAsync(store.PutAsync("a", content, new PutOptions()));

        Assert.That(_proxy.Traffic.Of(S3RequestKind.Put).Requests, Is.EqualTo(2));
        Assert.That((await store.HeadAsync("a"))!.Checksum ?? Crc64.Of(content), Is.EqualTo(Crc64.Of(content)));
    }

    [Test]
    public async Task A_read_that_stops_in_the_middle_goes_on_where_it_was()
    {
        var content = new byte[8_000_000];
        new Random(3).NextBytes(content);
        await using var store = Open();
        await store.PutAsync("a", content, new PutOptions());
        var ranges = new List<string?>();
        Stall(S3RequestKind.Get, FaultKind.Stall, 3_000_000, request => ranges.Add(request.Head["Range"]));
        using var copy = new MemoryStream();

        await using (var stream = await store.OpenReadAsync("a"))
        {
            var first = new byte[1000];
            await stream.ReadExactlyAsync(first);
            copy.Write(first);
            await EndAsync(CopyAsync());

            async Task<bool> CopyAsync()
            {
                await stream.CopyToAsync(copy);
                return true;
            }
        }

        Assert.That(copy.ToArray().AsSpan().SequenceEqual(content), Is.True);
        Assert.That(ranges, Has.Count.EqualTo(2));
        Assert.That(ranges[1], Does.Match("^bytes=[1-9][0-9]{3,6}-7999999$"));
    }

    [Test]
    public async Task A_read_that_waits_when_its_stream_is_closed_asks_for_nothing_more()
    {
        await using var store = Open();
        await store.PutAsync("a", new byte[8_000_000], new PutOptions());
        Stall(S3RequestKind.Get, FaultKind.Stall, 3_000_000);
        var stream = await store.OpenReadAsync("a");
        var reading = stream.CopyToAsync(Stream.Null);
        await _stalled.Task;

        await stream.DisposeAsync();

        await Assert.CatchAsync(() => reading);
        Assert.That(_proxy.Traffic.Of(S3RequestKind.Get).Requests, Is.EqualTo(1));
    }

    [Test]
    public async Task A_store_that_never_gets_on_is_an_error()
    {
        await using var store = Open();
        using var stalls = new SemaphoreSlim(0);
        _proxy.Decide = _ => new Fault(FaultKind.Stall) { Pause = Timeout.InfiniteTimeSpan, OnStall = () => stalls.Release() };
        var put = store.PutAsync("a", new byte[1000], new PutOptions());
        for (var attempt = 1; attempt <= 8; attempt++)
        {
            if (await Task.WhenAny(stalls.WaitAsync(), put) == put)
                break;
            await _time.StrikeAsync();
        }

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => put);

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.StoreUnavailable));
        Assert.That(failure.Message, Does.Contain("less than 60000 bytes in 60 seconds"));
        Assert.That(_proxy.Traffic.Of(S3RequestKind.Put).Requests, Is.EqualTo(8));
    }

    /// <summary>The first request of a kind stalls until the test is over.</summary>
    private void Stall(S3RequestKind kind, FaultKind fault, int at, Action<S3Request>? onRequest = null)
    {
        var decide = Fault.ForFirst(1, request => request.Kind == kind, new Fault(fault) { At = at, Pause = Timeout.InfiniteTimeSpan, OnStall = _stalled.SetResult });
        _proxy.Decide = request =>
        {
            onRequest?.Invoke(request);
            return decide(request);
        };
    }

    /// <summary>Lets a minute pass once the connection has stalled, and the work end.</summary>
    private async Task<T> EndAsync<T>(Task<T> work)
    {
        await Task.WhenAny(_stalled.Task, work);
        Assert.That(_stalled.Task.IsCompleted, Is.True, "nothing stalled");
        Assert.That(work.IsCompleted, Is.False);
        await _time.StrikeAsync();
        // What was struck may have been another wait that was about to end.
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(5))) != work)
            await Task.WhenAny(_time.StrikeAsync(), work);
        return await work;
    }

    private void Write(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        _folder.Write("from/large", "");
        File.WriteAllBytes(_folder.Combine("from/large"), content);
    }

    private async Task AssertSameAsync()
    {
        _proxy.Decide = static _ => null;
        await SyncAsync(_bucket.Url(), "to");
        Assert.That(_folder.Files("to"), Is.EquivalentTo(["large"]));
        Assert.That(File.ReadAllBytes(_folder.Combine("to/large")).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.Combine("from/large"))), Is.True);
    }

    private EngineHost Host => _bucket.Host(_folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address }) with { NetworkTime = _time, Log = _log };

    private IObjectStore Open() => StoreOpener.Open(_bucket.Url(), StoreSettings.Default, Host);

    /// <summary>One part after the other, so that only one connection is waited for.</summary>
    private async Task<SyncReport> SyncAsync(ObjectUrl source, ObjectUrl destination)
    {
        var transfer = FaultScene.SmallParts with { PartConcurrency = 1 };
        var report = await new TrainctlEngine(Host).SyncAsync(new SyncSettings { Source = source, Destination = destination, Transfer = transfer });
        Assert.That(report.ExitCode, Is.Zero, FailureSummary.Of(report));
        return report;
    }

    private sealed class StoryLog : ITrainctlLog
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _said = [];

        public IReadOnlyCollection<string> Said => _said;

        public void Debug(string message) => _said.Enqueue(message);

        public void Info(string message) => _said.Enqueue(message);

        public void Warning(string message) => _said.Enqueue(message);
    }
}
