using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>The server that the tests run on is recognised, by no more requests than the work takes.</summary>
public sealed class ProviderOnS3Tests
{
    private TestBucket _bucket = null!;

    [SetUp]
    public async Task SetUp() => _bucket = await TestBucket.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _bucket.DisposeAsync();

    [Test]
    public async Task A_server_whose_address_tells_nothing_is_known_after_its_first_answer()
    {
        await using var proxy = await AtNewAddressAsync();
        var connection = Connection(new StoreSettings { EndpointUrl = new Uri(proxy.Address) });
        await using var store = _bucket.Open(settings: new StoreSettings { EndpointUrl = new Uri(proxy.Address) });
        var before = connection.Provider.Id;

        await store.ListAsync(new ListRequest()).ToListAsync();

        Assert.That(before, Is.EqualTo(StoreProvider.Other));
        Assert.That(connection.Provider.Id, Is.EqualTo(await IsMinioAsync() ? StoreProvider.Minio : StoreProvider.Ceph));
        Assert.That(proxy.Traffic.Total.Requests, Is.EqualTo(1));
    }

    /// <summary>Every profile that may be given for a server of one's own, whatever it really is.</summary>
    [TestCase(StoreProvider.Gcs)]
    [TestCase(StoreProvider.R2)]
    [TestCase(StoreProvider.Minio)]
    [TestCase(StoreProvider.Ceph)]
    [TestCase(StoreProvider.Other)]
    public async Task The_setting_goes_before_what_is_recognised_and_the_store_works(StoreProvider provider)
    {
        var settings = new StoreSettings { Provider = provider };
        await using var store = _bucket.Open(settings: settings);

        await store.PutAsync("a", "content"u8.ToArray(), new PutOptions());
        await using var write = await store.BeginMultipartAsync("b", 3, new PutOptions());
        await write.WritePartAsync(1, 0, "123"u8.ToArray());
        await write.CompleteAsync(Transfer.Crc64.Of("123"u8));
        var found = await store.HeadAsync("a");
        var deleted = await store.DeleteAsync([new DeleteRequest("a", found), new DeleteRequest("b")]);

        Assert.That(Connection(settings).Provider.Id, Is.EqualTo(provider));
        Assert.That(found!.ContentMd5, provider == StoreProvider.Gcs ? Is.Null : Is.EqualTo("9a0364b9e99bb480dd25e1f0284c8555"));
        Assert.That(deleted.Select(static o => o.Failure), Has.All.Null);
        Assert.That(await store.ListAsync(new ListRequest()).ToListAsync(), Is.Empty);
    }

    /// <summary>At a port that no proxy of an earlier test had: who answered at an address is remembered as long as the process lives.</summary>
    private async Task<FaultProxy> AtNewAddressAsync()
    {
        var proxy = new FaultProxy(_bucket.Endpoint.Url);
        if (ProviderRecognition.At(new Uri(proxy.Address).Authority) is null)
            return proxy;
        // It keeps its port until there is another.
        await using (proxy)
            return await AtNewAddressAsync();
    }

    private async Task<bool> IsMinioAsync()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(_bucket.Endpoint.Url);
        return answer.Headers.Contains("x-minio-deployment-id");
    }

    private S3Connection Connection(StoreSettings settings) => S3Connection.Resolve(_bucket.Url(), settings, _bucket.Host(Path.GetTempPath(), []));
}
