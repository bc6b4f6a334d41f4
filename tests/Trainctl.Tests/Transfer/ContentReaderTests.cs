using System.Buffers;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>What a stream brings in small pieces is put together to blocks, and waits for nobody.</summary>
public sealed class ContentReaderTests
{
    private const int Record = 16 * 1024;

    [Test]
    public async Task What_is_there_already_comes_in_whole_blocks()
    {
        var content = Content((3 * ContentReader.BlockSize) + 5);
        var target = new RecordingWrite();

        var (checksum, _) = await ContentReader.CopyAsync(new ScriptedStream(content, Enumerable.Repeat((Record, false), 100)), target, null, default);

        Assert.That(target.Blocks, Is.EqualTo(new[] { ContentReader.BlockSize, ContentReader.BlockSize, ContentReader.BlockSize, 5 }));
        Assert.That(target.Content.SequenceEqual(content));
        Assert.That(checksum, Is.EqualTo(Crc64.Of(content)));
    }

    [Test]
    public async Task What_has_come_is_handed_on_before_anything_is_waited_for()
    {
        var content = Content(5 * Record);
        var target = new RecordingWrite();
        var stream = new ScriptedStream(content, [(Record, false), (Record, false), (Record, true), (Record, true), (Record, false)]);

        var copy = ContentReader.CopyAsync(stream, target, null, default);

        Assert.That(await stream.WaitsAsync(copy));
        Assert.That(() => target.Blocks, Is.EqualTo(new[] { 2 * Record }).After(10_000, 1));
        stream.Arrive();
        Assert.That(await stream.WaitsAsync(copy));
        Assert.That(() => target.Blocks, Is.EqualTo(new[] { 2 * Record, Record }).After(10_000, 1));
        stream.Arrive();
        await copy;
        Assert.That(target.Blocks, Is.EqualTo(new[] { 2 * Record, Record, 2 * Record }));
        Assert.That(target.Content.SequenceEqual(content));
    }

    /// <summary>Nobody else is given memory that a read may still write into.</summary>
    [Test]
    public async Task A_failed_write_takes_the_buffer_with_it_while_a_read_is_under_way()
    {
        var stream = new ScriptedStream(Content(2 * Record), [(Record, false), (Record, true)]);
        var target = new RecordingWrite { Failure = new IOException("No space left on device") };

        await Assert.ThrowsAsync<IOException>(() => ContentReader.CopyAsync(stream, target, null, default));

        Assert.That(await stream.WaitsAsync(Task.CompletedTask));
        var others = Enumerable.Range(0, 64).Select(static _ => ArrayPool<byte>.Shared.Rent(ContentReader.BlockSize)).ToList();
        others.ForEach(static o => o.AsSpan().Clear());
        stream.Arrive();
        Assert.That(others.All(static o => !o.AsSpan().ContainsAnyExcept((byte)0)));
        others.ForEach(static o => ArrayPool<byte>.Shared.Return(o));
    }

    [Test]
    public async Task A_failed_read_is_told_and_what_came_before_it_was_handed_on()
    {
        var stream = new ScriptedStream(Content(2 * Record), [(Record, false), (Record, true)]) { Failure = new EndOfStreamException() };
        var target = new RecordingWrite();

        var copy = ContentReader.CopyAsync(stream, target, null, default);
        Assert.That(await stream.WaitsAsync(copy));
        stream.Arrive();

        await Assert.ThrowsAsync<EndOfStreamException>(() => copy);
        Assert.That(target.Blocks, Is.EqualTo(new[] { Record }));
    }

    [Test]
    public async Task Whatever_the_pieces_all_bytes_come_once_and_in_order()
    {
        for (var seed = 0; seed < SearchSize.Of(200); seed++)
        {
            var random = new Random(seed);
            var content = Content(random.Next(0, 5 * ContentReader.BlockSize));
            var pieces = Enumerable.Range(0, random.Next(0, 200)).Select(_ => (1 + random.Next(random.Next(2) == 0 ? 200_000 : 20_000), random.Next(3) == 0)).ToArray();
            var (stream, target) = (new ScriptedStream(content, pieces), new RecordingWrite());

            var copy = ContentReader.CopyAsync(stream, target, null, default);
            while (await stream.WaitsAsync(copy))
                stream.Arrive();

            Assert.That((await copy).Checksum, Is.EqualTo(Crc64.Of(content)), $"Seed {seed}");
            Assert.That(target.Content.SequenceEqual(content), $"Seed {seed}");
            Assert.That(target.Blocks, Has.All.InRange(1, ContentReader.BlockSize), $"Seed {seed}");
        }
    }

    private static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private sealed class RecordingWrite : IBlockWrite
    {
        private readonly MemoryStream _written = new();
        private readonly List<int> _blocks = [];

        public int[] Blocks
        {
            get
            {
                lock (_written)
                    return [.. _blocks];
            }
        }

        public byte[] Content => _written.ToArray();

        public Exception? Failure { get; init; }

        public void WriteBlock(long offset, ReadOnlySpan<byte> block)
        {
            if (Failure is not null)
                throw Failure;
            lock (_written)
            {
                Assert.That(offset, Is.EqualTo(_written.Length));
                _written.Write(block);
                _blocks.Add(block.Length);
            }
        }

        public Checksum? ReadBack(ByteRange range, BlockAction? onBlock = null) => throw new NotSupportedException();

        public Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
