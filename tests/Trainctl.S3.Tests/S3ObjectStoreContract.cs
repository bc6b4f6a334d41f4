using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.S3.Tests;

/// <summary>The contract on a real server: one bucket for all tests, a prefix for each.</summary>
public sealed class S3ObjectStoreContract : ObjectStoreContract
{
    private TestBucket _bucket = null!;
    private int _stores;

    protected override IEnumerable<string> RefusedKeys => base.RefusedKeys.Append(new string('k', 1025)).Append(new string('k', 1020));

    /// <summary>The root's prefix counts, so the longest key is tried at the bucket's root elsewhere.</summary>
    protected override IEnumerable<string> OddKeys => base.OddKeys.Concat(["a//b", "a/./b", "a/../c", "../up", "..", "trail/", "trail//", "/lead", "back\\slash"]);

    protected override Task<IObjectStore> CreateEmptyStoreAsync() => Task.FromResult(_bucket.Open($"store {_stores++}+%é"));

    protected override Task<IObjectStore?> OpenMissingStoreAsync() => Task.FromResult<IObjectStore?>(_bucket.OpenOther("trainctl-no-such-bucket"));

    protected override Task<int> CountUnfinishedWritesAsync() => _bucket.UnfinishedUploadsAsync();

    [OneTimeSetUp]
    public async Task CreateBucketAsync() => _bucket = await TestBucket.CreateAsync();

    [OneTimeTearDown]
    public async Task RemoveBucketAsync()
    {
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }
}
