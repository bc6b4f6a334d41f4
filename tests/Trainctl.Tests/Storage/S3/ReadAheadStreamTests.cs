using System.Buffers;
using Trainctl.Storage.S3;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What TLS reads from a connection on which much arrives.</summary>
public sealed class ReadAheadStreamTests
{
    private const int Record = 16 * 1024;

    [Test]
    public async Task Once_a_read_brought_much_one_read_of_the_system_serves_several()
    {
        var content = Content(9 * Record);
        var inner = new ScriptedStream(content, [(Record, false), (ReadAheadStream.Ahead, false), (ReadAheadStream.Ahead, false)]);
        await using var stream = new ReadAheadStream(inner, Task.CompletedTask);

        var read = await ReadAsync(stream, Record, content.Length);

        Assert.That(read.SequenceEqual(content));
        Assert.That(inner.Reads, Is.EqualTo(3));
    }

    /// <summary>That is how TLS waits without a buffer of its own.</summary>
    [Test]
    public async Task A_read_of_nothing_waits_until_something_is_there_and_takes_nothing()
    {
        var content = Content(3 * Record);
        var inner = new ScriptedStream(content, [(Record, false), (2 * Record, true)]);
        await using var stream = new ReadAheadStream(inner, Task.CompletedTask);
        var first = await ReadAsync(stream, Record, Record);

        var waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();

        Assert.That(waiting.IsCompleted, Is.False);
        inner.Arrive();
        Assert.That(await waiting, Is.Zero);
        Assert.That(await stream.ReadAsync(Memory<byte>.Empty), Is.Zero);
        var rest = await ReadAsync(stream, Record, 2 * Record);
        Assert.That(first.Concat(rest).SequenceEqual(content));
        Assert.That(inner.Reads, Is.EqualTo(2));
    }

    [Test]
    public async Task A_connection_that_brings_little_is_read_as_it_is_asked_for()
    {
        var content = Content(100);
        var inner = new ScriptedStream(content, Enumerable.Repeat((10, false), 10));
        await using var stream = new ReadAheadStream(inner, Task.CompletedTask);

        var read = await ReadAsync(stream, Record, content.Length);

        Assert.That(read.SequenceEqual(content));
        Assert.That(inner.Reads, Is.EqualTo(10));
    }

    [Test]
    public async Task The_end_is_the_end_whatever_came_before()
    {
        await using var stream = new ReadAheadStream(new ScriptedStream(Content(2 * Record), [(Record, false), (Record, false)]), Task.CompletedTask);
        await ReadAsync(stream, Record, 2 * Record);

        for (var i = 0; i < 3; i++)
            Assert.That(await stream.ReadAsync(new byte[10]), Is.Zero);
    }

    [Test]
    public async Task What_fails_is_told()
    {
        var inner = new ScriptedStream(Content(2 * Record), [(Record, false), (Record, true)]) { Failure = new IOException("Connection reset by peer") };
        var stream = new ReadAheadStream(inner, Task.CompletedTask);
        await ReadAsync(stream, Record, Record);
        var reading = stream.ReadAsync(new byte[Record]).AsTask();
        await stream.DisposeAsync();

        inner.Arrive();

        await Assert.ThrowsAsync<IOException>(() => reading);
    }

    [Test]
    public async Task Nothing_is_read_before_all_is_ready_and_writes_do_not_wait()
    {
        var ready = new TaskCompletionSource();
        var inner = new ScriptedStream(Content(10), []);
        await using var stream = new ReadAheadStream(inner, ready.Task);
        using var cancellation = new CancellationTokenSource();
        var given = stream.ReadAsync(new byte[10], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => given);

        var reading = stream.ReadAsync(new byte[10]).AsTask();
        await stream.WriteAsync("hello"u8.ToArray());

        Assert.That((reading.IsCompleted, inner.Reads, inner.Written.Length), Is.EqualTo((false, 0, 5L)));
        ready.SetResult();
        Assert.That(await reading, Is.EqualTo(10));
    }

    [Test]
    public async Task What_is_written_goes_through()
    {
        var inner = new ScriptedStream([], []);
        await using var stream = new ReadAheadStream(inner, Task.CompletedTask);

        await stream.WriteAsync("a "u8.ToArray());
        stream.Write("request"u8);
        await stream.FlushAsync();

        Assert.That(inner.Written.ToArray(), Is.EqualTo("a request"u8.ToArray()));
    }

    [Test]
    public async Task Whatever_the_pieces_all_bytes_come_once_and_in_order()
    {
        for (var seed = 0; seed < SearchSize.Of(300); seed++)
        {
            var random = new Random(seed);
            var content = Content(random.Next(0, 600_000));
            var pieces = Enumerable.Range(0, random.Next(0, 100)).Select(_ => (1 + random.Next(random.Next(2) == 0 ? 100_000 : 10_000), random.Next(3) == 0)).ToArray();
            var inner = new ScriptedStream(content, pieces);
            await using var stream = new ReadAheadStream(inner, Task.CompletedTask);
            var read = new ArrayBufferWriter<byte>();
            while (true)
            {
                var buffer = new byte[random.Next(4) == 0 ? 0 : 1 + random.Next(40_000)];
                var reading = stream.ReadAsync(buffer).AsTask();
                while (await inner.WaitsAsync(reading))
                    inner.Arrive();
                var count = await reading;
                if (count == 0 && buffer.Length > 0)
                    break;
                read.Write(buffer.AsSpan(0, count));
            }

            Assert.That(read.WrittenSpan.SequenceEqual(content), $"Seed {seed}");
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int atOnce, int count)
    {
        var read = new ArrayBufferWriter<byte>();
        while (read.WrittenCount < count)
        {
            var got = await stream.ReadAsync(read.GetMemory(atOnce)[..Math.Min(atOnce, count - read.WrittenCount)]);
            Assert.That(got, Is.Positive);
            read.Advance(got);
        }

        return read.WrittenSpan.ToArray();
    }

    private static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }
}
