using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>Parts that follow one another come with one request, and each is proven on its own.</summary>
public sealed class PartReaderTests
{
    private const int PartSize = 100_000;

    private static readonly byte[] Content = NewContent((4 * PartSize) + 17);
    private static readonly StoredObject Found = new() { Key = "big", Size = Content.Length, ModifiedAt = DateTimeOffset.UnixEpoch, ETag = "tag" };

    [Test]
    public async Task One_request_brings_all_parts_of_a_run()
    {
        var (source, target, parts) = (new RecordingReader(Content), new BlockTarget(Content.Length), Parts());
        await using var reader = new PartReader(source, Found, parts, static _ => false);

        foreach (var part in parts)
            Assert.That(await reader.CopyAsync(part, target, default), Is.EqualTo(Crc64.Of(Bytes(part))));

        Assert.That(source.Ranges, Is.EqualTo(new[] { new ByteRange(0, Content.Length) }));
        Assert.That(source.Open, Is.Zero, "closed as soon as it has brought all, not only at the end");
        Assert.That(target.Content.AsSpan().SequenceEqual(Content));
    }

    [Test]
    public async Task A_run_in_the_middle_asks_for_no_byte_before_or_behind_it()
    {
        var (source, target, parts) = (new RecordingReader(Content), new BlockTarget(Content.Length), Parts()[1..3]);
        await using var reader = new PartReader(source, Found, parts, static _ => false);

        foreach (var part in parts)
            await reader.CopyAsync(part, target, default);

        Assert.That(source.Ranges, Is.EqualTo(new[] { new ByteRange(PartSize, 2 * PartSize) }));
    }

    [Test]
    public async Task What_is_there_already_is_not_brought_along()
    {
        var (source, target, parts) = (new RecordingReader(Content), new BlockTarget(Content.Length), Parts());
        await using var reader = new PartReader(source, Found, parts, static part => part.Number == 3);

        foreach (var part in parts.Where(static p => p.Number != 3))
            await reader.CopyAsync(part, target, default);

        Assert.That(source.Ranges, Is.EqualTo(new[] { new ByteRange(0, 2 * PartSize), new ByteRange(3 * PartSize, PartSize + 17) }));
    }

    /// <summary>It was remembered, and then what is on the disk was found damaged.</summary>
    [Test]
    public async Task What_was_thought_to_be_there_and_is_not_is_asked_for()
    {
        var (source, target, parts) = (new RecordingReader(Content), new BlockTarget(Content.Length), Parts());
        await using var reader = new PartReader(source, Found, parts, static part => part.Number is 1 or 3);

        foreach (var part in parts)
            await reader.CopyAsync(part, target, default);

        Assert.That(source.Ranges.Select(static r => r.Offset), Is.EqualTo(new[] { 0, 2 * PartSize }));
        Assert.That(source.Ranges.Sum(static r => r.Length), Is.EqualTo(Content.Length), "nothing twice");
        Assert.That(target.Content.AsSpan().SequenceEqual(Content));
    }

    [Test]
    public async Task An_answer_that_ends_too_early_is_a_failure_and_no_part()
    {
        var source = new RecordingReader(Content) { Ends = PartSize + 5 };
        var target = new BlockTarget(Content.Length);
        var parts = Parts();
        await using var reader = new PartReader(source, Found, parts, static _ => false);
        await reader.CopyAsync(parts[0], target, default);

        var failure = await Assert.ThrowsAsync<EndOfStreamException>(() => reader.CopyAsync(parts[1], target, default));

        Assert.That(failure!.Message, Does.Contain($"{PartSize - 5} bytes too early"));
    }

    [Test]
    public async Task What_is_left_of_an_answer_is_closed_with_the_reader()
    {
        var (source, target, parts) = (new RecordingReader(Content), new BlockTarget(Content.Length), Parts());
        var reader = new PartReader(source, Found, parts, static _ => false);
        await reader.CopyAsync(parts[0], target, default);
        Assert.That(source.Open, Is.EqualTo(1));

        await reader.DisposeAsync();

        Assert.That(source.Open, Is.Zero);
    }

    private static ArraySegment<ObjectPart> Parts() => PartLayout.Parts(Content.Length, PartSize).ToArray();

    private static ReadOnlySpan<byte> Bytes(ObjectPart part) => Content.AsSpan((int)part.Range.Offset, (int)part.Range.Length);

    private static byte[] NewContent(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private sealed class RecordingReader(byte[] content) : IObjectReader
    {
        public List<ByteRange> Ranges { get; } = [];

        public int Open { get; private set; }

        /// <summary>Bytes of an answer; null for all that were asked for.</summary>
        public int? Ends { get; init; }

        public ObjectUrl Root { get; } = ObjectUrl.Parse("s3://bucket");

        public StoreTraits Traits => throw new NotSupportedException();

        public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
        {
            Assert.That((key, ifMatch), Is.EqualTo(("big", "tag")));
            Ranges.Add(range!.Value);
            Open++;
            return Task.FromResult<Stream>(new Answer(content, (int)range.Value.Offset, Ends ?? (int)range.Value.Length, () => Open--));
        }

        public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Answer(byte[] content, int start, int length, Action onClosed) : MemoryStream(content, start, length)
    {
        private bool _isClosed;

        protected override void Dispose(bool disposing)
        {
            if (!_isClosed)
                onClosed();
            _isClosed = true;
            base.Dispose(disposing);
        }
    }

    private sealed class BlockTarget(int size) : IBlockWrite
    {
        public byte[] Content { get; } = new byte[size];

        public void WriteBlock(long offset, ReadOnlySpan<byte> block) => block.CopyTo(Content.AsSpan((int)offset));

        public Checksum? ReadBack(ByteRange range, BlockAction? onBlock = null) => throw new NotSupportedException();

        public Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
