using Microsoft.Extensions.Time.Testing;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;
using Trainctl.Tests.Storage;
using Trainctl.Tests.Watching;
using Trainctl.Transfer;

namespace Trainctl.Tests.Retention;

/// <summary>A machine whose clock is wrong and that knows the store's: all ages are those of the store.</summary>
public sealed class WrongClockTests
{
    private static readonly DateTimeOffset StoreNow = new(2024, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ListLog _log = new();
    private ClockedBucket _bucket = null!;

    [SetUp]
    public void SetUp()
    {
        var scene = new CatalogScene(new FakeTimeProvider(StoreNow)).HuggingFace("run/checkpoint-1", 1).HuggingFace("run/checkpoint-2", 2).HuggingFace("run/checkpoint-3", 3);
        _bucket = new ClockedBucket(scene.Store);
        _bucket.Uploads.Add(new UnfinishedUpload("old", "1", StoreNow.AddDays(-8), 1));
        _bucket.Uploads.Add(new UnfinishedUpload("young", "2", StoreNow.AddSeconds(-1), 1));
    }

    [TearDown]
    public async Task TearDown() => await _bucket.DisposeAsync();

    [TestCase(20, "ahead of")]
    [TestCase(-20, "behind")]
    public async Task Nothing_young_goes_and_everything_old_does(int daysAhead, string how)
    {
        var engine = Engine(daysAhead);

        var report = await engine.PruneCheckpointsAsync(new()
        {
            Location = "s3://memory",
            KeepLast = 1,
            Trash = ".trash",
            AbortUploadsAfter = TimeSpan.FromDays(7),
            DeleteHiddenVersionsAfter = TimeSpan.FromDays(14),
        });

        Assert.That(report.Leftovers.Select(static o => o.Key), Is.EqualTo(new[] { "old" }));
        Assert.That(_bucket.Uploads.Select(static u => u.Key), Is.EqualTo(new[] { "young" }));
        Assert.That(_bucket.Deleted, Is.Empty);
        Assert.That(await _bucket.ListAsync(new ListRequest()).Where(static o => o.Key.StartsWith(".trash/", StringComparison.Ordinal)).Select(static o => o.Key[..23]).Distinct().ToListAsync(), Is.EqualTo(new[] { ".trash/20240601T120000Z" }));
        Assert.That(_log.Warnings.Single(), Does.Contain($"20 d 00 h {how}"));
    }

    [Test]
    public async Task Rules_about_ages_count_by_the_store()
    {
        var plan = await Engine(20).PlanPruneAsync(new() { Location = "s3://memory", KeepLast = 1 });

        Assert.That(plan.MadeAt, Is.EqualTo(StoreNow));
    }

    /// <summary>What a review says that a policy would free is what a prune with it would.</summary>
    [TestCase(20, "ahead of")]
    [TestCase(-20, "behind")]
    public async Task A_review_tries_a_policy_by_the_store(int daysAhead, string how)
    {
        var age = StoreNow - CatalogScene.Start;
        var engine = Engine(daysAhead);

        var none = await engine.ReviewArtifactsAsync(new() { Location = "s3://memory", Policy = new RetentionPolicy { KeepWithin = age } });
        var all = await engine.ReviewArtifactsAsync(new() { Location = "s3://memory", Policy = new RetentionPolicy { KeepWithin = age.Add(TimeSpan.FromMinutes(-2.5)) } });

        Assert.That((none.WouldFree!.Checkpoints, all.WouldFree!.Checkpoints), Is.EqualTo((0, 2)));
        Assert.That(_log.Warnings, Is.All.Contains($"20 d 00 h {how}").And.Not.Empty);
    }

    private TrainctlEngine Engine(int daysAhead)
    {
        _log.Warnings.Clear();
        _bucket.ClockDifference = TimeSpan.FromDays(-daysAhead);
        return new(new EngineHost
        {
            WorkingDirectory = Path.GetTempPath(),
            Environment = static _ => null,
            Time = new FakeTimeProvider(StoreNow.AddDays(daysAhead)),
            OpenStore = (_, _, _) => _bucket,
            Log = _log,
        });
    }

    private sealed class ClockedBucket(IObjectStore inner) : BucketDouble(inner), INetworkStore
    {
        public List<string> Deleted { get; } = [];

        public TimeSpan ClockDifference { get; set; }

        public int MostRequests => 16;

        public void LimitTo(Bandwidth bandwidth)
        {
        }

        public override Task<bool> IsVersionedAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

        public override IAsyncEnumerable<HiddenVersion> ListHiddenVersionsAsync(string prefix = "", CancellationToken cancellationToken = default) =>
            new[] { new HiddenVersion("run/checkpoint-3/config.json", "1", false, false, 1, StoreNow.AddSeconds(-1)) }.ToAsyncEnumerable();

        public override Task<IReadOnlyList<DeleteOutcome>> DeleteVersionsAsync(IReadOnlyList<HiddenVersion> versions, CancellationToken cancellationToken = default)
        {
            Deleted.AddRange(versions.Select(static v => v.Key));
            return Task.FromResult<IReadOnlyList<DeleteOutcome>>([.. versions.Select(static v => new DeleteOutcome(v.Key, null))]);
        }
    }
}
