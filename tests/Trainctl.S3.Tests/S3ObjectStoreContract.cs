using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>The contract on a real server: one bucket for all tests, a prefix for each.</summary>
public sealed class S3ObjectStoreContract : ObjectStoreContract
{
    private TestBucket _bucket = null!;
    private ServerAbility _abilities;
    private int _stores;

    protected override IEnumerable<string> RefusedKeys =>
        [.. base.RefusedKeys, new string('k', 1025), new string('k', 1020), .. _abilities.HasFlag(ServerAbility.AnyKey) ? [] : NoPaths, .. _abilities.HasFlag(ServerAbility.LineBreaks) ? (string[])[] : ["line\nbreak"]];

    /// <summary>The root's prefix counts, so the longest key is tried at the bucket's root elsewhere.</summary>
    protected override IEnumerable<string> OddKeys => _abilities.HasFlag(ServerAbility.AnyKey)
        ? base.OddKeys.Concat([.. NoPaths, "trail/", "back\\slash"])
        : base.OddKeys.Where(static key => key.AsSpan().IndexOfAny('\\', '\n') < 0);

    private static IEnumerable<string> NoPaths => ["a//b", "a/./b", "a/../c", "../up", "..", "trail//", "/lead"];

    protected override Task<IObjectStore> CreateEmptyStoreAsync() => Task.FromResult(_bucket.Open($"store {_stores++}+%é"));

    protected override Task<IObjectStore?> OpenMissingStoreAsync() => Task.FromResult<IObjectStore?>(_bucket.OpenOther("trainctl-no-such-bucket"));

    protected override Task<int> CountUnfinishedWritesAsync() =>
        _bucket.UnfinishedUploadsAsync(OddKeys.Append("a").Append("other").Select(((S3ObjectStore)Store).FullKey));

    [OneTimeSetUp]
    public async Task CreateBucketAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        _abilities = await S3TestServer.AbilitiesAsync(_bucket.Endpoint);
    }

    [OneTimeTearDown]
    public async Task RemoveBucketAsync()
    {
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }
}
