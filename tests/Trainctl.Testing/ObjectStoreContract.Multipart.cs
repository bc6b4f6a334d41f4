using NUnit.Framework;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Testing;

public abstract partial class ObjectStoreContract
{
    [Test]
    public async Task Multipart_in_any_order_and_at_the_same_time_makes_the_object()
    {
        var content = RandomBytes((PartSize * 3) + 12345);
        await using (var write = await Store.BeginMultipartAsync("a/b", content.Length, OptionsFor(content)))
        {
            await WriteAsync(write, content, 4);
            await Task.WhenAll(WriteAsync(write, content, 2), WriteAsync(write, content, 1), WriteAsync(write, content, 3));
            var stored = await write.CompleteAsync(Crc64.Of(content));
            Assert.That(stored.Size, Is.EqualTo(content.Length));
        }

        var head = (await Store.HeadAsync("a/b"))!;
        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await ReadAsync("a/b")).AsSpan().SequenceEqual(content), Is.True);
            Assert.That(head.ContentModifiedAt, Is.EqualTo(AtContentResolution(SomeTime)));
            Assert.That(head.Checksum, Store.Traits.KeepsChecksums ? Is.EqualTo(Crc64.Of(content)) : Is.Null);
            Assert.That(head.ContentMd5, Is.Null, "an ETag of parts is no MD5");
            Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
        });
    }

    [Test]
    public async Task Multipart_of_one_short_part_makes_the_object()
    {
        await using var write = await Store.BeginMultipartAsync("a", 3, new PutOptions());
        await write.WritePartAsync(1, 0, Text("abc"));
        await write.CompleteAsync(Crc64.Of(Text("abc")));

        Assert.That(await ReadAsync("a"), Is.EqualTo(Text("abc")));
    }

    [Test]
    public async Task Multipart_takes_a_part_again()
    {
        var content = RandomBytes(PartSize + 10);
        await using var write = await Store.BeginMultipartAsync("a", content.Length, OptionsFor(content));
        await write.WritePartAsync(1, 0, new byte[PartSize]);
        await WriteAsync(write, content, 2);
        await WriteAsync(write, content, 1);
        await write.CompleteAsync(Crc64.Of(content));

        Assert.That((await ReadAsync("a")).AsSpan().SequenceEqual(content), Is.True);
    }

    [Test]
    public async Task Multipart_is_invisible_until_it_is_complete()
    {
        await PutAsync("a", "before");
        await using var write = await Store.BeginMultipartAsync("a", 3, new PutOptions());
        await using var other = await Store.BeginMultipartAsync("b", 3, new PutOptions());
        await write.WritePartAsync(1, 0, Text("abc"));
        await other.WritePartAsync(1, 0, Text("abc"));

        Assert.That(await KeysAsync(), Is.EqualTo(["a"]));
        Assert.That(await ReadAsync("a"), Is.EqualTo(Text("before")));
        Assert.That(await Store.HeadAsync("b"), Is.Null);
    }

    [Test]
    public async Task Multipart_that_is_not_completed_leaves_no_trace()
    {
        await PutAsync("a", "before");
        await using (var write = await Store.BeginMultipartAsync("a", 3, new PutOptions()))
            await write.WritePartAsync(1, 0, Text("abc"));

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await ReadAsync("a"), Is.EqualTo(Text("before")));
            Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
        });
    }

    [Test]
    public async Task Multipart_that_lacks_a_part_cannot_be_completed()
    {
        var content = RandomBytes(PartSize * 2);
        await using (var write = await Store.BeginMultipartAsync("a", content.Length, new PutOptions()))
        {
            await WriteAsync(write, content, 1);
            await AssertFailsAsync(TrainctlError.ChecksumMismatch, () => write.CompleteAsync(Crc64.Of(content)));
        }

        Assert.That(await Store.HeadAsync("a"), Is.Null);
        Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
    }

    [Test]
    public async Task Multipart_whose_content_is_not_what_was_announced_stays_invisible()
    {
        if (!Store.Traits.KeepsChecksums)
            return;
        await using (var write = await Store.BeginMultipartAsync("a", 3, new PutOptions { Checksum = Crc64.Of(Text("abc")) }))
        {
            await write.WritePartAsync(1, 0, Text("abX"));
            await AssertFailsAsync(TrainctlError.ChangedDuringTransfer, () => write.CompleteAsync(Crc64.Of(Text("abX"))));
        }

        Assert.That(await Store.HeadAsync("a"), Is.Null);
        Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
    }

    [Test]
    public async Task Multipart_that_is_cancelled_leaves_no_trace()
    {
        await PutAsync("other");
        await AssertCancelsAsync(token => Store.BeginMultipartAsync("a", 3, new PutOptions(), token));
        var write = await Store.BeginMultipartAsync("a", 3, new PutOptions());
        await AssertCancelsAsync(token => write.WritePartAsync(1, 0, Text("abc"), token));
        await write.WritePartAsync(1, 0, Text("abc"));
        await AssertCancelsAsync(token => write.CompleteAsync(Crc64.Of(Text("abc")), token));
        await write.DisposeAsync();

        Assert.That(await Store.HeadAsync("a"), Is.Null);
        Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
    }

    [Test]
    public async Task Multipart_takes_odd_keys()
    {
        foreach (var key in OddKeys)
        {
            await using var write = await Store.BeginMultipartAsync(key, 1, new PutOptions());
            await write.WritePartAsync(1, 0, Text("x"));
            await write.CompleteAsync(Crc64.Of(Text("x")));
        }

        Assert.That(await KeysAsync(), Is.EquivalentTo(OddKeys));
        Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
    }

    private static PutOptions OptionsFor(byte[] content) => new() { ContentModifiedAt = SomeTime, Checksum = Crc64.Of(content) };

    private Task WriteAsync(IMultipartWrite write, byte[] content, int number)
    {
        var offset = PartSize * (number - 1);
        return write.WritePartAsync(number, offset, content.AsMemory(offset, Math.Min(PartSize, content.Length - offset)));
    }
}
