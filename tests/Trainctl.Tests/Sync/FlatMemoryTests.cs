using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>
/// What a sync holds grows with its report's rows, and not with the objects that it lists. Proven by looking at all live memory while it lists:
/// one reference to each object that went by would already be three times what is allowed.
/// </summary>
public sealed class FlatMemoryTests
{
    private const int Objects = 100_000;
    private const int Looks = 4;
    private const long AllowedBytes = 256 * 1024;

    private readonly FakeTimeProvider _time = new();
    private MemoryStore _source = null!;
    private MemoryStore _destination = null!;
    private int _sourceListed;
    private int _destinationListed;
    private int _longestLead;
    private long _start;
    private long _growth;

    [SetUp]
    public async Task SetUp()
    {
        _source = new MemoryStore("s3://from", MemoryStore.S3Traits, _time);
        _destination = new MemoryStore("s3://to", MemoryStore.S3Traits, _time);
        await FillAsync(_destination, Objects);
        (_sourceListed, _destinationListed, _longestLead, _growth) = (0, 0, 0, 0);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_sync_with_nothing_to_do_holds_one_object_of_each_side(bool dryRun)
    {
        await FillAsync(_source, Objects);

        var report = await RunAsync(dryRun);

        Assert.Multiple(() =>
        {
            Assert.That((report.UnchangedObjects, report.Objects.Count), Is.EqualTo(((long)Objects, 0)));
            Assert.That(_longestLead, Is.EqualTo(1), "one listing was read ahead of the other");
            Assert.That(_growth, Is.LessThan(AllowedBytes));
        });
    }

    [Test]
    public async Task Objects_that_must_be_asked_for_are_held_one_batch_at_a_time()
    {
        // Stored later than the copy, as listings tell it; only the objects' own times say that nothing changed.
        _time.Advance(TimeSpan.FromHours(1));
        await FillAsync(_source, Objects);

        var report = await RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That((report.UnchangedObjects, report.Objects.Count), Is.EqualTo(((long)Objects, 0)));
            Assert.That(_growth, Is.LessThan(AllowedBytes));
        });
    }

    [Test]
    public async Task Objects_only_at_the_destination_are_forgotten_when_none_is_deleted()
    {
        await FillAsync(_source, 1);

        var report = await RunAsync();

        Assert.Multiple(() =>
        {
            Assert.That((report.UnchangedObjects, report.Objects.Count), Is.EqualTo((1L, 0)));
            Assert.That(_destinationListed, Is.EqualTo(Objects));
            Assert.That(_growth, Is.LessThan(AllowedBytes));
        });
    }

    private static async Task FillAsync(MemoryStore store, int count)
    {
        var options = new PutOptions { ContentModifiedAt = DateTimeOffset.UnixEpoch };
        for (var i = 0; i < count; i++)
            await store.PutAsync(string.Create(CultureInfo.InvariantCulture, $"train/{i:000000}"), ReadOnlyMemory<byte>.Empty, options);
    }

    private Task<SyncReport> RunAsync(bool dryRun = false)
    {
        var engine = new TrainctlEngine(new EngineHost
        {
            WorkingDirectory = "/",
            Environment = static _ => null,
            OpenStore = (url, _, _) => url == _source.Root
                ? new HookedStore(_source) { OnListed = OnSourceListed }
                : new HookedStore(_destination) { OnListed = OnDestinationListed },
        });
        return engine.SyncAsync(new SyncSettings { Source = _source.Root, Destination = _destination.Root, DryRun = dryRun });
    }

    private void OnSourceListed(string _)
    {
        _sourceListed++;
        MeasureLead();
    }

    private void OnDestinationListed(string _)
    {
        _destinationListed++;
        MeasureLead();
        if (_destinationListed == 1)
            _start = GC.GetTotalMemory(forceFullCollection: true);
        else if (_destinationListed % (Objects / Looks) == 0)
            _growth = Math.Max(_growth, GC.GetTotalMemory(forceFullCollection: true) - _start);
    }

    private void MeasureLead() => _longestLead = Math.Max(_longestLead, Math.Abs(_sourceListed - _destinationListed));
}
