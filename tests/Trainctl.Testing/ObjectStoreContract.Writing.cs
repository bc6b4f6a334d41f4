using NUnit.Framework;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Testing;

public abstract partial class ObjectStoreContract
{
    [Test]
    public async Task Put_tells_key_size_and_ETag()
    {
        var stored = await Store.PutAsync("a/b", new byte[10], new PutOptions());

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(stored.Key, Is.EqualTo("a/b"));
            Assert.That(stored.Size, Is.EqualTo(10));
            Assert.That(stored.ETag, Is.EqualTo((await Store.HeadAsync("a/b"))!.ETag));
        });
    }

    [Test]
    public async Task Put_replaces_what_is_there()
    {
        await Store.PutAsync("a", Text("a long content"), new PutOptions { ContentModifiedAt = SomeTime, Checksum = Crc64.Of(Text("a long content")) });

        await Store.PutAsync("a", Text("short"), new PutOptions { ContentModifiedAt = SomeTime.AddDays(1), Checksum = Crc64.Of(Text("short")) });

        var head = (await Store.HeadAsync("a"))!;
        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await ReadAsync("a"), Is.EqualTo(Text("short")));
            Assert.That(head.Size, Is.EqualTo(5));
            Assert.That(head.ContentModifiedAt, Is.EqualTo(AtContentResolution(SomeTime.AddDays(1))));
            Assert.That(await KeysAsync(), Is.EqualTo(["a"]));
        });
    }

    [Test]
    public async Task Put_of_the_same_twice_changes_nothing()
    {
        await PutAsync("a", "same");
        await PutAsync("a", "same");

        Assert.That(await ReadAsync("a"), Is.EqualTo(Text("same")));
    }

    [Test]
    public async Task Put_takes_a_slice_of_an_array()
    {
        await Store.PutAsync("a", Text("0123456789").AsMemory(3, 4), new PutOptions());

        Assert.That(await ReadAsync("a"), Is.EqualTo(Text("3456")));
    }

    [Test]
    public async Task Put_of_an_empty_object_makes_one()
    {
        await Store.PutAsync("empty", ReadOnlyMemory<byte>.Empty, new PutOptions { ContentModifiedAt = SomeTime, Checksum = Crc64.Empty });

        var head = (await Store.HeadAsync("empty"))!;
        await Assert.MultipleAsync(async () =>
        {
            Assert.That(head.Size, Is.Zero);
            Assert.That(head.ContentModifiedAt, Is.EqualTo(AtContentResolution(SomeTime)));
            Assert.That(await ReadAsync("empty"), Is.Empty);
            Assert.That(await ReadAsync("empty", null, head.ETag), Is.Empty);
            Assert.That((await ListAsync()).Single().Size, Is.Zero);
        });
    }

    [TestCase("2024-05-06T07:08:09.1234567Z")]
    [TestCase("2024-05-06T07:08:09Z")]
    [TestCase("2024-05-06T09:08:09.5+02:00")]
    [TestCase("1970-01-01T00:00:00.0000001Z")]
    [TestCase("2105-12-31T23:59:59.9999999Z")]
    public async Task Put_keeps_the_time_of_the_content(string text)
    {
        var time = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        await Store.PutAsync("a", Text("x"), new PutOptions { ContentModifiedAt = time });

        Assert.That((await Store.HeadAsync("a"))!.ContentModifiedAt, Is.EqualTo(AtContentResolution(time)));
    }

    [Test]
    public async Task Put_keeps_the_checksum_where_the_store_does()
    {
        var content = RandomBytes(1000);
        await Store.PutAsync("a", content, new PutOptions { Checksum = Crc64.Of(content) });

        Assert.That((await Store.HeadAsync("a"))!.Checksum, Store.Traits.KeepsChecksums ? Is.EqualTo(Crc64.Of(content)) : Is.Null);
    }

    [Test]
    public async Task Writing_under_a_refused_key_fails_and_leaves_nothing()
    {
        foreach (var key in RefusedKeys)
        {
            Assert.That(Store.RefusalOf(key), Is.Not.Null);
            await AssertFailsAsync(TrainctlError.UnsafeKey, () => PutAsync(key));
            await AssertFailsAsync(TrainctlError.UnsafeKey, () => Store.BeginMultipartAsync(key, 10, new PutOptions()));
        }

        await PutAsync("a");
        Assert.That(await KeysAsync(), Is.EqualTo(["a"]));
        Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
    }

    [Test]
    public void Odd_keys_are_not_refused()
    {
        foreach (var key in OddKeys)
            Assert.That(Store.RefusalOf(key), Is.Null, key);
    }

    [Test]
    public async Task Put_can_be_cancelled_and_then_leaves_what_was_there()
    {
        await PutAsync("a", "before");

        await AssertCancelsAsync(token => Store.PutAsync("a", Text("after"), new PutOptions(), token));

        Assert.That(await ReadAsync("a"), Is.EqualTo(Text("before")));
        Assert.That(await CountUnfinishedWritesAsync(), Is.Zero);
    }

    private DateTimeOffset AtContentResolution(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % ContentTimeResolution.Ticks), TimeSpan.Zero);
}
