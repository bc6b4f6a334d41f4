using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Sync;

/// <summary>How a sync works through its objects.</summary>
public sealed class SyncWorkTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };

    [Test]
    public async Task No_more_objects_are_moved_at_once_than_the_settings_allow()
    {
        var (atOnce, most) = (0, 0);
        using var threeAtOnce = new CountdownEvent(3);
        await using var destination = new HookedStore(new MemoryStore("s3://there"))
        {
            OnWrite = _ =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref atOnce));
                if (!threeAtOnce.IsSet)
                    threeAtOnce.Signal();
                Assert.That(threeAtOnce.Wait(TimeSpan.FromMinutes(1)), "fewer than three are moved at once");
                Thread.Sleep(2);
                Interlocked.Decrement(ref atOnce);
            },
        };

        await new SyncOperation(Settings(concurrency: 3), Host, "sync", await SourceAsync(40), destination).RunAsync(CancellationToken.None);

        Assert.That(destination.Writes, Has.Count.EqualTo(40));
        Assert.That(most, Is.EqualTo(3));
    }

    [Test]
    public async Task The_first_object_is_moved_before_the_last_one_is_listed()
    {
        using var isMoved = new ManualResetEventSlim();
        await using var source = new HookedStore(await SourceAsync(40))
        {
            OnListed = key => Assert.That(key != "9" || isMoved.Wait(TimeSpan.FromMinutes(1)), "nothing is moved while objects are listed"),
        };
        await using var destination = new HookedStore(new MemoryStore("s3://there")) { OnWrite = _ => isMoved.Set() };

        await new SyncOperation(Settings(concurrency: 1), Host, "sync", source, destination).RunAsync(CancellationToken.None);

        Assert.That(destination.Writes, Has.Count.EqualTo(40));
    }

    [Test]
    public async Task A_cancelled_sync_leaves_whole_objects_and_deletes_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var there = new MemoryStore("s3://there");
        await there.PutAsync("surplus", "not at the source"u8.ToArray(), new PutOptions());
        await using var destination = new HookedStore(there)
        {
            OnWrite = key =>
            {
                if (key == "7")
                    cancellation.Cancel();
            },
        };

        var sync = new SyncOperation(Settings(concurrency: 1) with { Delete = true }, Host, "sync", await SourceAsync(40), destination);

        await Assert.CatchAsync<OperationCanceledException>(() => sync.RunAsync(cancellation.Token));
        var left = await there.ListAsync(new ListRequest()).ToListAsync();
        Assert.That(left.Select(static o => o.Key), Does.Contain("surplus"));
        Assert.That(left.Count, Is.InRange(2, 40));
        Assert.That(left.Where(static o => o.Key != "surplus").Select(static o => o.Size), Is.All.EqualTo(100));
    }

    private static SyncSettings Settings(int concurrency) =>
        new() { Source = "s3://here", Destination = "s3://there", Transfer = new TransferSettings { Concurrency = concurrency } };

    private static async Task<MemoryStore> SourceAsync(int objects)
    {
        var source = new MemoryStore("s3://here");
        for (var i = 0; i < objects; i++)
            await source.PutAsync($"{i}", new byte[100], new PutOptions());
        return source;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
