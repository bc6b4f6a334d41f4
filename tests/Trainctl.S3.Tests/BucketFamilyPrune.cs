using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Pruning;

namespace Trainctl.S3.Tests;

/// <summary>The contract on a bucket that other tools copied the run to: the listing only tells when each object came.</summary>
public sealed class BucketFamilyPrune : FamilyPruneContract
{
    private RunBucket _bucket = null!;

    [OneTimeSetUp]
    public async Task CreateBucketAsync() => _bucket = await RunBucket.CreateAsync();

    [OneTimeTearDown]
    public async Task RemoveBucketAsync()
    {
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    protected override EngineHost Host => _bucket.Host(Path.GetTempPath());

    protected override bool HasTimes => false;

    /// <summary>Single steps are kept as every so many are, and ages are those of arrival, which the test below has.</summary>
    protected override IReadOnlyCollection<PrunePolicy> Policies => [.. PrunePolicy.All.Where(static p => !p.NeedsTimes && p != PrunePolicy.TwoSteps)];

    /// <summary>What was saved long ago counts as new as long as its copy is new, and as old when that is.</summary>
    [Test]
    public async Task The_time_of_arrival_is_the_age_of_a_copy()
    {
        var run = FamilyRun.Create(RunFamilies.All.Single(static f => f.Name == "lightning"), RunForm.Whole, DateTimeOffset.UtcNow, hasMetricsFiles: false);
        var settings = PrunePolicy.LastMinutes.Apply(new PruneCheckpointsSettings { Location = await WriteAsync("arrival", run) }, run);

        await new TrainctlEngine(Host).PruneCheckpointsAsync(settings);
        var atOnce = await KeysAsync("arrival");
        await new TrainctlEngine(Host with { Time = new LaterTime(TimeSpan.FromMinutes(26)) }).PruneCheckpointsAsync(settings);
        var later = await KeysAsync("arrival");

        Assert.Multiple(() =>
        {
            Assert.That(atOnce, Is.EquivalentTo(run.Files.Select(static f => f.Key)));
            Assert.That(later, Is.EquivalentTo(run.Files.Where(static f => f.Step is null or 50).Select(static f => f.Key)));
        });
    }

    protected override async Task<ObjectUrl> WriteAsync(string name, FamilyRun run)
    {
        await _bucket.PutAsync(name, run.Files);
        return _bucket.Url(name);
    }

    protected override Task<IEnumerable<string>> KeysAsync(string name) => _bucket.KeysAsync(name);

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
