using System.Globalization;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Tests.Watching;

/// <summary>What a snapshot costs, and that it holds what it was given.</summary>
public sealed class WatchSnapshotTests
{
    private static readonly DateTimeOffset Time = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void An_object_among_many_takes_less_than_eighty_bytes()
    {
        const int Objects = 100_000;
        var start = GC.GetTotalMemory(forceFullCollection: true);

        var snapshot = WatchSnapshot.Of(Enumerable.Range(0, Objects).Select(ShardOf));
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - start;

        TestContext.Out.WriteLine($"{snapshot.Bytes / (double)Objects:0.0} bytes packed, {bytes / (double)Objects:0.0} bytes on the heap for each object");
        Assert.That(bytes, Is.GreaterThan(0).And.LessThan(80L * Objects));
        GC.KeepAlive(snapshot);
    }

    [Test]
    public void Many_objects_come_back_as_they_were() =>
        Assert.That(WatchSnapshot.Of(Enumerable.Range(0, 20_000).Select(ShardOf)), Is.EqualTo(Enumerable.Range(0, 20_000).Select(ShardOf)));

    /// <summary>No store gives such a key, but a folder may be deep, and nothing may depend on a limit that is another's.</summary>
    [Test]
    public void An_entry_that_is_larger_than_a_chunk_comes_back_too()
    {
        WatchEntry[] entries = [ShardOf(0), ShardOf(1) with { Key = new string('z', 200_000), ETag = new string('é', 1000) }, ShardOf(2) with { Key = new string('z', 200_001) }];

        Assert.That(WatchSnapshot.Of(entries), Is.EqualTo(entries));
    }

    [Test]
    public void An_empty_snapshot_is_empty() => Assert.That(WatchSnapshot.Of([]), Is.Empty);

    private static WatchEntry ShardOf(int number) => new()
    {
        Key = string.Create(CultureInfo.InvariantCulture, $"experiments/digits/checkpoint-{number / 10:000000}/model-{number % 10:00000}-of-00010.safetensors"),
        Size = 4_999_999_999 + number,
        ModifiedAt = Time.AddSeconds(number),
        ETag = string.Create(CultureInfo.InvariantCulture, $"{(Int128)number * 0x1234567890ABCDEF:x32}-96"),
    };
}
