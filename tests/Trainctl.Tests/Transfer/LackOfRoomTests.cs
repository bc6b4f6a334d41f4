using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>A disk that is full for a while only, because others write to it.</summary>
public sealed class LackOfRoomTests
{
    private readonly List<TransferResult> _results = [];
    private HookedStore _source = null!;
    private SmallDisk _disk = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _results.Clear();
        var content = new MemoryStore();
        foreach (var (key, size) in new[] { ("largest", 30_000), ("middle", 20_000), ("smallest", 10_000) })
            await content.PutAsync(key, new byte[size], new PutOptions());
        _source = new HookedStore(content);
        _disk = SmallDisk.Mount(1024 * 1024);
        _disk.Fill(butBytes: 0);
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _source.DisposeAsync();
        _disk?.Dispose();
    }

    [Test]
    public async Task What_found_no_room_beside_others_is_tried_again_after_them()
    {
        _source.OnRead = key =>
        {
            if (key == "smallest")
                _disk.Free();
        };

        await MoveAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_source.Reads, Is.EqualTo(new[] { "largest", "middle", "smallest", "middle", "largest" }));
            Assert.That(_results.Select(static r => (r.Item.Key, r.Failure)), Is.EquivalentTo(new (string, TrainctlException?)[] { ("largest", null), ("middle", null), ("smallest", null) }));
            Assert.That(_disk.Folder.Files(), Is.EqualTo(new[] { "largest", "middle", "smallest" }));
        });
    }

    [Test]
    public async Task On_a_disk_that_stays_full_only_the_smallest_is_tried_again()
    {
        await MoveAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_source.Reads, Is.EqualTo(new[] { "largest", "middle", "smallest", "smallest" }));
            Assert.That(_results.Select(static r => (r.Item.Key, r.Failure?.Error)), Is.EquivalentTo(
                new (string, TrainctlError?)[] { ("largest", TrainctlError.WriteFailed), ("middle", TrainctlError.WriteFailed), ("smallest", TrainctlError.WriteFailed) }));
            Assert.That(_disk.Folder.Files(), Is.EqualTo(new[] { "ballast" }));
        });
    }

    [Test]
    public async Task The_only_one_is_not_tried_again()
    {
        await MoveAsync("middle");

        Assert.That(_source.Reads, Is.EqualTo(new[] { "middle" }));
        Assert.That(_results.Select(static r => r.Failure?.Error), Is.EqualTo(new[] { (TrainctlError?)TrainctlError.WriteFailed }));
    }

    private async Task MoveAsync(string prefix = "")
    {
        await using var destination = new FolderStore(ObjectUrl.Parse(_disk.Folder.Path));
        using var runner = new TransferRunner(TransferSettings.Default with { Concurrency = 1 }, TestHost.For(_disk.Folder), "copy");
        var items = await _source.ListAsync(new ListRequest { Prefix = prefix }).Select(found => new TransferItem { Source = _source, Object = found, Destination = destination, Key = found.Key })
            .ToListAsync();
        await runner.RunAsync(items.ToAsyncEnumerable(), Add, CancellationToken.None);
    }

    private ValueTask Add(TransferResult result)
    {
        _results.Add(result);
        return ValueTask.CompletedTask;
    }
}
