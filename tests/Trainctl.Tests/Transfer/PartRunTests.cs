using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>Parts that follow each other come in one answer, and each is proven for itself.</summary>
public sealed class PartRunTests
{
    private const int Size = 300_000;
    private const int PartSize = 100_000;

    private readonly byte[] _content = [.. Enumerable.Range(0, Size).Select(static i => (byte)(i * 7))];
    private TemporaryFolder _folder = null!;
    private HookedStore _source = null!;
    private FolderStore _target = null!;
    private FolderWrite _write = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _source = new HookedStore(new MemoryStore());
        await _source.PutAsync("a", _content, new PutOptions());
        _target = new FolderStore(ObjectUrl.Parse(_folder.Path));
        _write = _target.BeginPartial("b", Size, new PutOptions());
    }

    [TearDown]
    public async Task TearDown()
    {
        await _write.DisposeAsync();
        await _source.DisposeAsync();
        await _target.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase(new[] { 1, 2, 3 }, 1, TestName = "All are read at once")]
    [TestCase(new[] { 1, 3 }, 2, TestName = "One that is passed over is not read")]
    [TestCase(new[] { 2, 3 }, 1, TestName = "The first may be there already")]
    [TestCase(new[] { 2, 1, 3 }, 3, TestName = "Another order costs readings and no byte")]
    public async Task Each_part_gets_its_own_bytes(int[] wanted, int readings)
    {
        await using var run = await RunAsync();

        foreach (var part in wanted.Select(number => run.Parts[number - 1]))
            Assert.That(await run.CopyAsync(part, _write, CancellationToken.None), Is.EqualTo(Crc64.Of(BytesOf(part))));

        Assert.That(_source.Reads, Has.Count.EqualTo(readings));
        foreach (var part in wanted.Select(number => run.Parts[number - 1]))
            Assert.That(_write.ReadBack(part.Range), Is.EqualTo(Crc64.Of(BytesOf(part))));
    }

    /// <summary>A store may break its promise; a part of less than its bytes must not count.</summary>
    [Test]
    public async Task A_reading_that_ends_early_gives_no_part()
    {
        using var content = new MemoryStream(_content, 0, PartSize - 1);

        Assert.That(async () => await ContentReader.CopyAsync(content, new ByteRange(0, PartSize), _write, CancellationToken.None), Throws.InstanceOf<EndOfStreamException>());
    }

    [TestCase(64, 4, 8, 16)]
    [TestCase(63, 4, 8, 21)]
    [TestCase(16, 4, 8, 16)]
    [TestCase(1000, 4, 8, 250)]
    [TestCase(1000, 1, 8, 1000)]
    [TestCase(1, 4, 8, 1)]
    public void Runs_are_long_where_there_are_many_parts_and_each_worker_gets_two(int parts, int most, int workers, int runs)
    {
        var all = PartLayout.Parts(parts, 1).ToArray();

        var cut = PartLayout.Runs(all, most, workers).ToArray();

        Assert.That(cut, Has.Length.EqualTo(runs));
        Assert.That(cut.SelectMany(static r => r), Is.EqualTo(all));
    }

    private async Task<PartRun> RunAsync()
    {
        var found = (await _source.HeadAsync("a"))!;
        var item = new TransferItem { Source = _source, Object = found, Destination = _target, Key = "b" };
        return new PartRun(item, found, [.. PartLayout.Parts(Size, PartSize)]);
    }

    private byte[] BytesOf(ObjectPart part) => _content[(int)part.Range.Offset..(int)part.Range.End];
}
