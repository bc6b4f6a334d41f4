using Microsoft.Extensions.Time.Testing;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Sync;

/// <summary>An object that cannot be compared is moved, and fails for itself when that cannot be done either.</summary>
public sealed class DoubtfulComparisonTests
{
    private static readonly SyncSettings ByChecksum = new() { Source = "s3://from", Destination = "s3://to", Compare = Comparison.Checksum, Delete = true };
    private static readonly DateTimeOffset Time = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private MemoryStore _from = null!;
    private MemoryStore _to = null!;
    private SyncStores _stores = null!;

    [SetUp]
    public async Task SetUp()
    {
        // The destination lists no content times, so that they are asked for.
        _from = new MemoryStore("s3://from");
        _to = new MemoryStore("s3://to", MemoryStore.S3Traits with { KeepsChecksums = false });
        foreach (var key in (string[])["a", "b", "c"])
        {
            await _from.PutAsync(key, "new"u8.ToArray(), new PutOptions { ContentModifiedAt = Time });
            await _to.PutAsync(key, "old"u8.ToArray(), new PutOptions { ContentModifiedAt = Time });
        }

        await _to.PutAsync("surplus", new byte[1], new PutOptions());
        _stores = new SyncStores(new HookedStore(_from), new HookedStore(_to));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _from.DisposeAsync();
        await _to.DisposeAsync();
    }

    [TestCase(TrainctlError.ChangedDuringTransfer)]
    [TestCase(TrainctlError.AccessDenied)]
    [TestCase(TrainctlError.ReadFailed)]
    [TestCase(TrainctlError.StoreRejected)]
    public async Task One_that_cannot_be_read_to_be_compared_is_moved(TrainctlError error)
    {
        var isFirst = true;
        _stores.Source.OnRead = key =>
        {
            if (key == "b" && Interlocked.Exchange(ref isFirst, false))
                throw new TrainctlException(error, "Not now.", key);
        };

        var report = await _stores.RunAsync(ByChecksum);

        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Action, o.Result, o.Reason)),
            Is.EqualTo(new[]
            {
                ("a", ObjectAction.Copy, OutcomeResult.Done, "content differs"),
                ("b", ObjectAction.Copy, OutcomeResult.Done, "could not be compared"),
                ("c", ObjectAction.Copy, OutcomeResult.Done, "content differs"),
                ("surplus", ObjectAction.Delete, OutcomeResult.Done, "not at the source"),
            }));
    }

    [Test]
    public async Task One_that_cannot_be_read_at_all_fails_alone_and_nothing_is_deleted()
    {
        _stores.Source.OnRead = static key =>
        {
            if (key == "b")
                throw new TrainctlException(TrainctlError.AccessDenied, "Never.", key);
        };

        var report = await _stores.RunAsync(ByChecksum);

        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Result)),
            Is.EqualTo(new[] { ("a", OutcomeResult.Done), ("b", OutcomeResult.Failed), ("c", OutcomeResult.Done) }));
        Assert.That(_stores.Destination.Deletions, Is.Empty);
    }

    [Test]
    public async Task One_that_leaves_the_destination_before_it_is_compared_is_moved()
    {
        _stores.Source.OnRead = key => Remove(key == "b" ? key : "none");

        await _stores.RunAsync(ByChecksum);

        Assert.That((await _stores.DestinationTreeAsync())["b"].Text, Is.EqualTo("new"));
    }

    [TestCase(TrainctlError.AccessDenied)]
    [TestCase(TrainctlError.StoreRejected)]
    public async Task One_that_the_destination_does_not_describe_is_moved(TrainctlError error)
    {
        _stores.Destination.OnHead = key =>
        {
            if (key == "b")
                throw new TrainctlException(error, "Not this one.", key);
        };

        var report = await _stores.RunAsync(ByChecksum with { Compare = Comparison.SizeAndTime });

        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("b", OutcomeResult.Done), ("surplus", OutcomeResult.Done) }));
        Assert.That(report.UnchangedObjects, Is.EqualTo(2));
    }

    [Test]
    public async Task One_that_is_not_there_when_it_is_asked_for_is_moved()
    {
        _stores.Destination.OnHead = key => Remove(key == "b" ? key : "none");

        await _stores.RunAsync(ByChecksum with { Compare = Comparison.SizeAndTime });

        _stores.Destination.OnHead = null;
        Assert.That((await _stores.DestinationTreeAsync()).Keys, Is.EqualTo(new[] { "a", "b", "c" }));
    }

    /// <summary>Whatever its metadata says: the store has computed another checksum of what it holds.</summary>
    [TestCase(Comparison.Checksum)]
    [TestCase(Comparison.SizeAndTime)]
    public async Task One_that_was_damaged_in_the_store_is_written_again(Comparison comparison)
    {
        var meant = Crc64.Of("new"u8);
        await using var to = new MemoryStore("s3://to", MemoryStore.S3Traits);
        await to.PutAsync("a", "new"u8.ToArray(), new PutOptions { ContentModifiedAt = Time, Checksum = meant });
        await to.PutAsync("b", "new"u8.ToArray(), new PutOptions { ContentModifiedAt = Time, Checksum = meant });
        var stores = new SyncStores(new HookedStore(_from), new HookedStore(to) { OnFound = static o => o.Key == "b" ? o with { Checksum = Crc64.Empty, AnnouncedChecksum = o.Checksum } : o });
        await _from.DeleteAsync([new DeleteRequest("c")]);

        var report = await stores.RunAsync(ByChecksum with { Compare = comparison });

        Assert.That(report.Objects.Select(static o => (o.Key, o.Result, o.Reason)), Is.EqualTo(new[] { ("b", OutcomeResult.Done, "could not be compared") }));
        Assert.That(report.UnchangedObjects, Is.EqualTo(1));
    }

    /// <summary>What is right at the destination is not replaced by it.</summary>
    [TestCase(Comparison.Checksum)]
    [TestCase(Comparison.SizeAndTime)]
    public async Task One_that_was_damaged_at_the_source_fails_loudly(Comparison comparison)
    {
        await using var from = new MemoryStore("s3://from", MemoryStore.S3Traits, new FakeTimeProvider(Time.AddYears(1)));
        await from.PutAsync("b", "bad"u8.ToArray(), new PutOptions { ContentModifiedAt = Time, Checksum = Crc64.Of("bad"u8) });
        var stores = new SyncStores(new HookedStore(from) { OnFound = static o => o with { AnnouncedChecksum = Crc64.Of("old"u8) } }, new HookedStore(_to));

        var report = await stores.RunAsync(ByChecksum with { Compare = comparison, Delete = false });

        Assert.That(report.Objects.Select(static o => (o.Key, o.Result, o.ErrorCode)), Is.EqualTo(new[] { ("b", OutcomeResult.Failed, "TRAINCTL3001") }));
        Assert.That(stores.Destination.Writes, Is.Empty);
    }

    [TestCase(TrainctlError.StoreUnavailable)]
    [TestCase(TrainctlError.CredentialsRejected)]
    public async Task A_store_that_cannot_be_asked_ends_the_sync(TrainctlError error)
    {
        _stores.Destination.OnRead = key => throw new TrainctlException(error, "Not now.", key);

        Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => _stores.RunAsync(ByChecksum)))!.Error, Is.EqualTo(error));
        Assert.That(_stores.Destination.Deletions, Is.Empty);
    }

    private void Remove(string key) => _to.DeleteAsync([new DeleteRequest(key)]).GetAwaiter().GetResult();
}
