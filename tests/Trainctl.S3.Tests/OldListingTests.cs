using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>A service that came before the second version of listings, and answers as the first has it: behind a real server's own first version.</summary>
public sealed class OldListingTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 20).Select(static i => $"f{i:00}"), "a b", "a+b", "a%2Bb", "ä/ö", "€", "z&<>"];

    private FaultScene _scene = null!;

    private static StoreSettings Old => new() { Provider = StoreProvider.Ceph };

    [SetUp]
    public async Task SetUp()
    {
        _scene = await FaultScene.CreateAsync(seed: 1);
        _scene.Proxy.Decide = static _ => null;
        _scene.Proxy.ListsByVersion1 = true;
        foreach (var name in Names)
            _scene.Write($"from/{name}", _scene.Content(1_000));
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote });
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [Test]
    public async Task Every_page_is_listed()
    {
        await using var store = Open(StoreProvider.Ceph);

        var keys = await store.ListAsync(new ListRequest()).Select(static o => o.Key).ToListAsync();

        Assert.That(keys, Is.EqualTo(Names.Order(StringComparer.Ordinal)));
        Assert.That(_scene.Proxy.Traffic.Of(S3RequestKind.List).Requests, Is.EqualTo(4));
    }

    [Test]
    public async Task A_deleting_sync_finds_all_that_is_there_and_deletes_what_is_not()
    {
        var down = await _scene.Faulty.SyncAsync(new SyncSettings { Source = _scene.Remote, Destination = "to", Delete = true, Store = Old });
        File.Delete(_scene.Folder.Combine("from/f13"));
        var up = await _scene.Faulty.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Delete = true, Store = Old });

        Assert.That((down.ExitCode, up.ExitCode, up.Objects.Count), Is.EqualTo((0, 0, 1)));
        Assert.That(_scene.Files("to").Keys, Is.EquivalentTo(Names));
        Assert.That(await _scene.ObjectsAsync(), Is.EqualTo(_scene.Files("from")));
    }

    /// <summary>A page of neighbours would be read from the wrong place.</summary>
    [Test]
    public async Task Objects_are_looked_at_one_by_one_before_they_are_deleted()
    {
        await using var store = Open(StoreProvider.Ceph);
        var found = await store.ListAsync(new ListRequest()).ToListAsync();
        await using (var direct = _scene.Bucket.Open("data"))
            await direct.PutAsync("f05", "new"u8.ToArray(), new PutOptions());

        var outcomes = await store.DeleteAsync([.. found.Select(static o => new DeleteRequest(o.Key) { Expected = o })]);

        Assert.That(outcomes.Where(static o => o.Failure is not null).Select(static o => (o.Key, o.Failure!.Error)), Is.EqualTo(new[] { ("f05", TrainctlError.Drift) }));
        Assert.That((await _scene.ObjectsAsync()).Keys, Is.EqualTo(new[] { "f05" }));
    }

    [TestCase(StoreProvider.Aws)]
    [TestCase(StoreProvider.Gcs)]
    [TestCase(StoreProvider.R2)]
    [TestCase(StoreProvider.Minio)]
    public async Task Of_a_service_that_knows_the_second_version_it_is_not_taken(StoreProvider provider)
    {
        await using var store = Open(provider);

        var error = await Assert.ThrowsAsync<TrainctlException>(async () => await store.ListAsync(new ListRequest()).CountAsync());

        Assert.That((error!.Error, error.Message), Is.EqualTo((TrainctlError.StoreRejected, error.Message)));
        Assert.That(error.Message, Does.Contain("the store says that there is more, and not how to get it"));
    }

    private IObjectStore Open(StoreProvider provider) => _scene.Bucket.Open(
        "data", new() { ["AWS_ENDPOINT_URL_S3"] = _scene.Proxy.Address }, new StoreSettings { Provider = provider, PathStyle = true });
}
