using NUnit.Framework;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Testing;

public abstract partial class ObjectStoreContract
{
    [Test]
    public async Task Delete_removes_the_object_and_no_other()
    {
        await PutAllAsync(["a", "ab", "b/c", "b/cd"]);

        var outcomes = await Store.DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b/c")]);

        Assert.That(outcomes, Is.EqualTo([new DeleteOutcome("a", null), new DeleteOutcome("b/c", null)]));
        Assert.That(await KeysAsync(), Is.EqualTo(["ab", "b/cd"]));
    }

    [Test]
    public async Task Delete_of_nothing_does_nothing() => Assert.That(await Store.DeleteAsync([]), Is.Empty);

    [Test]
    public async Task Delete_of_a_missing_object_is_a_success()
    {
        var seen = await PutAsync("a");
        await Store.DeleteAsync([new DeleteRequest("a")]);

        var outcomes = await Store.DeleteAsync([new DeleteRequest("a"), new DeleteRequest("a", seen), new DeleteRequest("never/was")]);

        Assert.That(outcomes.Select(static o => o.Failure), Has.All.Null);
    }

    [Test]
    public async Task Delete_of_what_was_expected_deletes()
    {
        await PutAsync("a");
        var listed = (await ListAsync()).Single();
        var headed = await Store.HeadAsync("a");

        Assert.That((await Store.DeleteAsync([new DeleteRequest("a", listed)])).Single().Failure, Is.Null);
        Assert.That(await KeysAsync(), Is.Empty);

        await PutAsync("b");
        Assert.That((await Store.DeleteAsync([new DeleteRequest("b", (await Store.HeadAsync("b"))! with { ETag = null })])).Single().Failure, Is.Null);
        Assert.That(await KeysAsync(), Is.Empty);
        Assert.That(headed, Is.Not.Null);
    }

    [Test]
    public async Task Delete_keeps_what_is_not_what_was_expected()
    {
        var seen = await PutAsync("a", "decided on this");
        await PutAsync("a", "and now it is that");
        await PutAsync("b", "untouched");

        var outcomes = await Store.DeleteAsync([new DeleteRequest("b"), new DeleteRequest("a", seen), new DeleteRequest("c", seen)]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.EqualTo(new TrainctlError?[] { null, TrainctlError.Drift, null }));
        Assert.That(await ReadAsync("a"), Is.EqualTo(Text("and now it is that")));
        Assert.That(await KeysAsync(), Is.EqualTo(["a"]));
    }

    [Test]
    public async Task Delete_looks_at_each_of_many_expectations()
    {
        await PutAllAsync(Enumerable.Range(0, 60).Select(static i => $"k/{i:d3}").Append("j").Append("k/000 between").Append("l"));
        var requests = (await ListAsync()).Where(static o => o.Key is not ("k/000 between" or "l")).Select(static o => new DeleteRequest(o.Key, o)).ToList();
        await PutAsync("j", "changed");
        await PutAsync("k/017", "changed");
        await PutAsync("k/059", "changed");
        await Store.DeleteAsync([new DeleteRequest("k/020")]);

        var outcomes = await Store.DeleteAsync(requests);

        Assert.That(outcomes.Select(static o => o.Key), Is.EqualTo(requests.Select(static r => r.Key)));
        Assert.That(outcomes.Where(static o => o.Failure is not null).Select(static o => o.Key), Is.EqualTo(["j", "k/017", "k/059"]));
        Assert.That(outcomes.Select(static o => o.Failure?.Error ?? TrainctlError.Drift), Has.All.EqualTo(TrainctlError.Drift));
        Assert.That(await KeysAsync(), Is.EqualTo(["j", "k/000 between", "k/017", "k/059", "l"]));
    }

    [Test]
    public async Task Delete_takes_more_objects_than_one_request_can()
    {
        var keys = Enumerable.Range(0, 1001).Select(static i => $"k/{i * 7919 % 1001:d5}").ToList();
        await PutAllAsync([.. keys, "kept"]);

        var outcomes = await Store.DeleteAsync([.. keys.Select(static k => new DeleteRequest(k))]);

        Assert.That(outcomes.Select(static o => o.Key), Is.EqualTo(keys));
        Assert.That(outcomes.Select(static o => o.Failure), Has.All.Null);
        Assert.That(await KeysAsync(), Is.EqualTo(["kept"]));
    }

    [Test]
    public async Task Delete_takes_odd_keys()
    {
        await PutAllAsync([.. OddKeys, "kept"]);

        var outcomes = await Store.DeleteAsync([.. OddKeys.Select(static k => new DeleteRequest(k))]);

        Assert.That(outcomes.Select(static o => o.Failure), Has.All.Null);
        Assert.That(await KeysAsync(), Is.EqualTo(["kept"]));
    }

    [Test]
    public async Task Delete_of_a_key_that_cannot_be_is_an_outcome()
    {
        await PutAsync("a");

        var outcomes = await Store.DeleteAsync([.. RefusedKeys.Select(static k => new DeleteRequest(k)), new DeleteRequest("a")]);

        Assert.That(outcomes[^1].Failure, Is.Null);
        Assert.That(await KeysAsync(), Is.Empty);
    }

    [Test]
    public async Task Delete_can_be_cancelled()
    {
        await PutAsync("a");

        await AssertCancelsAsync(token => Store.DeleteAsync([new DeleteRequest("a")], token));

        Assert.That(await KeysAsync(), Is.EqualTo(["a"]));
    }
}
