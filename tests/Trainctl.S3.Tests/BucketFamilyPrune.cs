using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Pruning;

namespace Trainctl.S3.Tests;

/// <summary>The contract on a bucket that other tools copied the run to: the listing only tells when each object came.</summary>
public sealed class BucketFamilyPrune : FamilyPruneContract
{
    private TestBucket _bucket = null!;
    private IObjectStore _store = null!;

    [OneTimeSetUp]
    public async Task CreateBucketAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        _store = _bucket.Open();
    }

    [OneTimeTearDown]
    public async Task RemoveBucketAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    protected override EngineHost Host => _bucket.Host(Path.GetTempPath(), []);

    protected override bool HasTimes => false;

    protected override async Task<ObjectUrl> WriteAsync(string name, FamilyRun run)
    {
        await _store.PutAsync(name, run.Files);
        return _bucket.Url(name);
    }
}
