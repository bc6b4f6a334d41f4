using Microsoft.Extensions.Time.Testing;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>What a sync deletes is looked at once more, unless it was listed only just now.</summary>
public sealed class SurplusDeletionTests
{
    private const int Surplus = 20;

    private readonly FakeTimeProvider _time = new();
    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _bucket = await TestBucket.CreateAsync();
        _proxy = new FaultProxy(_bucket.Endpoint.Url);
        _folder.Write("from/kept", "x");
        await using var store = _bucket.Open("to");
        for (var i = 0; i < Surplus; i++)
            await store.PutAsync($"old{i:00}", "x"u8.ToArray(), new PutOptions());
    }

    [TearDown]
    public async Task TearDown()
    {
        await _proxy.DisposeAsync();
        await _bucket.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task What_was_listed_within_a_second_goes_without_another_look()
    {
        var report = await SyncAsync();

        Assert.That((report.ExitCode, report.Objects.Count(static o => o.Action == ObjectAction.Delete)), Is.EqualTo((0, Surplus)));
        Assert.That((_proxy.Traffic.Of(S3RequestKind.List).Requests, _proxy.Traffic.Of(S3RequestKind.Head).Requests), Is.EqualTo((1, 0)));
        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "kept" }));
    }

    /// <summary>Somebody writes one of them meanwhile.</summary>
    [Test]
    public async Task What_was_listed_earlier_is_looked_at_and_stays_when_it_changed()
    {
        var listings = 0;
        _proxy.Decide = request =>
        {
            if (request.Kind == S3RequestKind.List && Interlocked.Increment(ref listings) == 1)
                _time.Advance(TimeSpan.FromSeconds(2));
            else if (request.Kind == S3RequestKind.List)
                _bucket.Client.PutObjectAsync(new() { BucketName = _bucket.Name, Key = "to/old07", ContentBody = "new" }).GetAwaiter().GetResult();
            return null;
        };

        var report = await SyncAsync();

        Assert.That(report.ExitCode, Is.EqualTo(1));
        Assert.That(report.Objects.Where(static o => o.Error is not null).Select(static o => o.Key), Is.EqualTo(new[] { "old07" }));
        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "kept", "old07" }));
    }

    private Task<SyncReport> SyncAsync() => new TrainctlEngine(_bucket.Host(_folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address }) with { Time = _time })
        .SyncAsync(new SyncSettings { Source = "from", Destination = _bucket.Url("to"), Delete = true });

    private async Task<string[]> KeysAsync()
    {
        await using var store = _bucket.Open("to");
        return await store.ListAsync(new ListRequest()).Select(static o => o.Key).ToArrayAsync();
    }
}
