using NUnit.Framework;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Testing;

public abstract partial class ObjectStoreContract
{
    [Test]
    public async Task List_of_an_empty_store_is_empty()
    {
        // A store that exists: something was in it, and is gone.
        await PutAsync("a");
        await Store.DeleteAsync([new DeleteRequest("a")]);

        Assert.That(await KeysAsync(), Is.Empty);
    }

    [Test]
    public async Task List_of_a_missing_store_fails()
    {
        await using var missing = await OpenMissingStoreAsync();
        if (missing is null)
            return;

        await AssertFailsAsync(TrainctlError.StoreNotFound, async () =>
        {
            await foreach (var item in missing.ListAsync(new ListRequest()))
                Assert.Fail($"Listed {item.Key} before failing.");
        });
    }

    [Test]
    public async Task List_shows_every_object_of_many_pages_in_order_of_UTF8_bytes()
    {
        var keys = Enumerable.Range(0, 2100).Select(i => $"many/{i * 7919 % 2100:d5} +%.bin")
            .Concat(["Z", "a", "a-b", "a.b", "a/b", "a0", "b/c/d", "b/c-d", "b/c.d", "～", "\U0001F600", "\ue000", "\u00e9", "ab/～", "ab/\U0001F600"])
            .ToList();
        await PutAllAsync(keys.Where(static k => k != "a"));

        var listed = await KeysAsync();

        Assert.That(listed, Is.EqualTo(keys.Where(static k => k != "a").OrderBy(static k => Convert.ToHexString(Text(k)), StringComparer.Ordinal)));
    }

    [Test]
    public async Task List_shows_objects_whose_keys_differ_in_case_or_normal_form_only()
    {
        await PutAllAsync(["caf\u00e9", "cafe\u0301", "CAF\u00c9"]);

        Assert.That(await KeysAsync(), Is.EquivalentTo(["caf\u00e9", "cafe\u0301", "CAF\u00c9"]));
    }

    [Test]
    public async Task List_with_a_prefix_shows_what_begins_with_it()
    {
        await PutAllAsync(["run/1", "run/10", "run/2", "runs/1", "other", "run-1"]);

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await KeysAsync("run/"), Is.EqualTo(["run/1", "run/10", "run/2"]));
            Assert.That(await KeysAsync("run/1"), Is.EqualTo(["run/1", "run/10"]));
            Assert.That(await KeysAsync("run"), Is.EqualTo(["run-1", "run/1", "run/10", "run/2", "runs/1"]));
            Assert.That(await KeysAsync("nothing/"), Is.Empty);
        });
    }

    [Test]
    public async Task List_tells_size_time_and_ETag()
    {
        var before = DateTimeOffset.UtcNow;
        var stored = await Store.PutAsync("a/b", new byte[123], new PutOptions());

        var found = (await ListAsync()).Single();

        Assert.Multiple(() =>
        {
            Assert.That(found.Key, Is.EqualTo("a/b"));
            Assert.That(found.Size, Is.EqualTo(123));
            Assert.That(found.ModifiedAt, Is.EqualTo(before).Within(TimeSpan.FromMinutes(1)));
            Assert.That(found.ModifiedAt.Offset, Is.EqualTo(TimeSpan.Zero));
            Assert.That(found.ETag, Is.Not.Null.And.EqualTo(stored.ETag));
        });
    }

    [Test]
    public async Task List_and_head_agree()
    {
        await Store.PutAsync("a", Text("x"), new PutOptions { ContentModifiedAt = SomeTime });

        var listed = (await ListAsync()).Single();
        var headed = (await Store.HeadAsync("a"))!;

        Assert.Multiple(() =>
        {
            Assert.That(headed.ETag, Is.EqualTo(listed.ETag));
            Assert.That(headed.Size, Is.EqualTo(listed.Size));
            // Some stores know milliseconds in listings and whole seconds in answers to HEAD.
            Assert.That(headed.ModifiedAt, Is.EqualTo(listed.ModifiedAt).Within(Store.Traits.TimeResolution));
            if (Store.Traits.ListsContentTime)
                Assert.That(listed.ContentModifiedAt, Is.EqualTo(headed.ContentModifiedAt));
        });
    }

    [Test]
    public async Task List_shows_odd_keys_exactly()
    {
        var keys = OddKeys.ToList();
        await PutAllAsync(keys);

        Assert.That(await KeysAsync(), Is.EquivalentTo(keys));
    }

    [Test]
    public async Task List_can_be_left_early()
    {
        await PutAllAsync(Enumerable.Range(0, 20).Select(static i => $"k{i:d2}"));

        await foreach (var item in Store.ListAsync(new ListRequest()))
        {
            Assert.That(item.Key, Is.EqualTo("k00"));
            break;
        }
    }

    [Test]
    public async Task List_can_be_cancelled()
    {
        await PutAsync("a");

        await AssertCancelsAsync(token => ListAsync(cancellationToken: token));
    }
}
