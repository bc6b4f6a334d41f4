using System.Collections.Concurrent;
using Trainctl.Storage;
using Trainctl.Storage.S3.Retrying;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>A store that is too busy and says when it wants to be asked again, before a real one: it is asked then, and not before. All waiting is on a clock of the test.</summary>
public sealed class RetryAfterTests
{
    private static readonly TimeSpan Asked = TimeSpan.FromSeconds(17);
    private static readonly DateTimeOffset TheirTime = new(2019, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly ConcurrentQueue<TimeSpan> _moments = [];
    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;
    private LeapingTime _time = null!;
    private IObjectStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _proxy = new FaultProxy(_bucket.Endpoint.Url);
        _time = new LeapingTime();
        _moments.Clear();
        RequestPace.Begin(new Uri(_proxy.Address).Authority, _time);
        _store = _bucket.Open(changes: new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _proxy.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    private static IEnumerable<TestCaseData> Answers()
    {
        yield return new TestCaseData(new Fault(FaultKind.SlowDown) { RetryAfter = Asked }, Asked).SetArgDisplayNames("seconds");
        yield return new TestCaseData(new Fault(FaultKind.SlowDown) { RetryAt = TheirTime + Asked, Date = TheirTime }, Asked).SetArgDisplayNames("a date by the clock of the store");
        yield return new TestCaseData(new Fault(FaultKind.SlowDown) { RetryAt = DateTimeOffset.UtcNow.AddDays(1) }, TimeSpan.FromMinutes(1)).SetArgDisplayNames("a date that is far away");
        yield return new TestCaseData(new Fault(FaultKind.SlowDown) { RetryAt = TheirTime }, TimeSpan.Zero).SetArgDisplayNames("a date that is over");
        yield return new TestCaseData(new Fault(FaultKind.SlowDown), TimeSpan.Zero).SetArgDisplayNames("nothing");
    }

    [TestCaseSource(nameof(Answers))]
    public async Task A_write_is_sent_again_when_the_store_said(Fault answer, TimeSpan expected)
    {
        Meet(answer, S3RequestKind.Put);

        await _store.PutAsync("a", "content"u8.ToArray(), new PutOptions());

        Assert.That(_moments, Is.EqualTo(new[] { TimeSpan.Zero, expected }));
        Assert.That((await _store.HeadAsync("a"))!.Size, Is.EqualTo(7));
    }

    [TestCase(S3RequestKind.Get)]
    [TestCase(S3RequestKind.Head)]
    [TestCase(S3RequestKind.List)]
    [TestCase(S3RequestKind.Copy)]
    [TestCase(S3RequestKind.Delete)]
    [TestCase(S3RequestKind.Other, Description = "by the SDK")]
    public async Task Every_request_waits_for_it_those_of_the_SDK_too(S3RequestKind kind)
    {
        var found = await _store.PutAsync("a", "content"u8.ToArray(), new PutOptions());
        Meet(new Fault(FaultKind.SlowDown) { RetryAfter = Asked }, kind);

        await (kind switch
        {
            S3RequestKind.Get => ReadAsync(),
            S3RequestKind.Head => _store.HeadAsync("a"),
            S3RequestKind.List => _store.ListAsync(new ListRequest()).CountAsync().AsTask(),
            S3RequestKind.Copy => ((IServerSideCopy)_store).CopyAsync(found, "b", CancellationToken.None),
            S3RequestKind.Other => ((IBucketStore)_store).IsVersionedAsync(),
            _ => _store.DeleteAsync([new DeleteRequest("a")]),
        });

        Assert.That(_moments, Is.EqualTo(new[] { TimeSpan.Zero, Asked }));
    }

    private async Task ReadAsync()
    {
        await using var stream = await _store.OpenReadAsync("a");
        await stream.CopyToAsync(Stream.Null);
    }

    /// <summary>Answers the first request of a kind so, and notes when those of its kind come.</summary>
    private void Meet(Fault answer, S3RequestKind kind) => _proxy.Decide = request =>
    {
        if (request.Kind != kind)
            return null;
        _moments.Enqueue(_time.Elapsed);
        return _moments.Count == 1 ? answer : null;
    };
}
