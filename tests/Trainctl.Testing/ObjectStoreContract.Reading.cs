using NUnit.Framework;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Testing;

public abstract partial class ObjectStoreContract
{
    [Test]
    public async Task Head_of_a_missing_object_is_null()
    {
        await PutAsync("a/b/c");

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await Store.HeadAsync("nothing"), Is.Null);
            Assert.That(await Store.HeadAsync("a/b"), Is.Null);
            Assert.That(await Store.HeadAsync(""), Is.Null);
        });
    }

    [Test]
    public async Task Odd_keys_can_be_read_and_headed()
    {
        var keys = OddKeys.ToList();
        await PutAllAsync(keys);

        foreach (var key in keys)
        {
            Assert.That(await Store.HeadAsync(key), Is.Not.Null, key);
            Assert.That(await ReadAsync(key), Is.EqualTo(Text(key)), key);
        }
    }

    [Test]
    public async Task Read_gives_the_whole_content()
    {
        var content = RandomBytes(3_000_000);
        await Store.PutAsync("a", content, new PutOptions());

        Assert.That((await ReadAsync("a")).AsSpan().SequenceEqual(content), Is.True);
    }

    [TestCase(0, 1)]
    [TestCase(0, 100_000)]
    [TestCase(1, 99_998)]
    [TestCase(50_000, 1)]
    [TestCase(99_999, 1)]
    [TestCase(65_536, 34_464)]
    public async Task Read_of_a_range_gives_just_that(int offset, int length)
    {
        var content = RandomBytes(100_000);
        await Store.PutAsync("a", content, new PutOptions());

        Assert.That(await ReadAsync("a", new ByteRange(offset, length)), Is.EqualTo(content.AsSpan(offset, length).ToArray()));
    }

    [TestCase(0, 101)]
    [TestCase(99, 2)]
    [TestCase(100, 1)]
    [TestCase(5000, 5)]
    public async Task Read_of_a_range_beyond_the_end_fails(int offset, int length)
    {
        await Store.PutAsync("a", new byte[100], new PutOptions());

        Assert.That(async () => await ReadAsync("a", new ByteRange(offset, length)), Throws.InstanceOf<TrainctlException>().Or.InstanceOf<IOException>());
    }

    [Test]
    public async Task Read_of_a_missing_object_fails()
    {
        await PutAsync("other");

        await AssertFailsAsync(TrainctlError.ObjectNotFound, () => ReadAsync("nothing"));
    }

    [Test]
    public async Task Read_under_the_condition_of_the_ETag_succeeds_while_it_is_the_same()
    {
        var stored = await PutAsync("a", "1234");

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await ReadAsync("a", null, stored.ETag), Is.EqualTo(Text("1234")));
            Assert.That(await ReadAsync("a", new ByteRange(1, 2), stored.ETag), Is.EqualTo(Text("23")));
        });
    }

    [Test]
    public async Task Read_under_the_condition_of_the_ETag_fails_after_a_change()
    {
        var stored = await PutAsync("a", "before");
        await PutAsync("a", "and after");

        await AssertFailsAsync(TrainctlError.ChangedDuringTransfer, () => ReadAsync("a", null, stored.ETag));
        await AssertFailsAsync(TrainctlError.ChangedDuringTransfer, () => ReadAsync("a", new ByteRange(0, 2), stored.ETag));
    }

    [Test]
    public async Task Head_and_read_can_be_cancelled()
    {
        await PutAsync("a");

        await AssertCancelsAsync(token => Store.HeadAsync("a", token));
        await AssertCancelsAsync(token => Store.OpenReadAsync("a", cancellationToken: token));
    }
}
