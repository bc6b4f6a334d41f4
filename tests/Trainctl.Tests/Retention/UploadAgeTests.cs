using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Tests.Storage;

namespace Trainctl.Tests.Retention;

/// <summary>Unfinished uploads of a store that does not tell when they were begun, as SeaweedFS: they may be of another machine that is at work.</summary>
public sealed class UploadAgeTests
{
    private static readonly DateTimeOffset Old = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private BucketDouble _bucket = null!;

    private TrainctlEngine Engine => new(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => _bucket });

    [SetUp]
    public void SetUp() => _bucket = new BucketDouble(new MemoryStore("s3://bucket"));

    [TearDown]
    public async Task TearDown() => await _bucket.DisposeAsync();

    [Test]
    public async Task What_may_be_under_way_is_not_aborted_and_the_report_says_so([Values] bool dryRun)
    {
        _bucket.Uploads.AddRange([new("old", "1", Old, 3), new("of no age", "2", StartedAt: null, 5)]);

        var report = await Engine.PruneCheckpointsAsync(new() { Location = "s3://bucket", KeepLast = 1, AbortUploadsAfter = TimeSpan.Zero, DryRun = dryRun });

        Assert.Multiple(() =>
        {
            Assert.That(_bucket.Uploads.Select(static u => u.Key), Is.EqualTo(dryRun ? ["old", "of no age"] : (string[])["of no age"]));
            Assert.That(report.Leftovers.Select(static o => (o.Key, o.Result)), Is.EqualTo([("old", dryRun ? OutcomeResult.Planned : OutcomeResult.Done), ("of no age", OutcomeResult.Refused)]));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(report.FailureText, Does.StartWith("TRAINCTL1009: of no age: ").And.Contains("does not tell when"));
            Assert.That(ReportText.Render(report.Describe()), Does.Contain("1 leftover ").And.Contains("(3 B)").And.Contains("does not tell when"));
        });
    }

    [TestCase(0, 2, "2 unfinished uploads (10 B). The store does not tell when they were begun.")]
    [TestCase(1, 2, "3 unfinished uploads (13 B), the oldest of 2024-01-01 00:00:00Z. The store does not tell when 2 of them were begun.")]
    [TestCase(2, 0, "2 unfinished uploads (6 B), the oldest of 2024-01-01 00:00:00Z.")]
    public async Task A_review_counts_them_and_says_that_their_age_is_not_known(int old, int ofNoAge, string line)
    {
        _bucket.Uploads.AddRange(Enumerable.Range(0, old).Select(static i => new UnfinishedUpload("old", $"{i}", Old.AddDays(i), 3)));
        _bucket.Uploads.AddRange(Enumerable.Range(0, ofNoAge).Select(static i => new UnfinishedUpload("of no age", $"x{i}", StartedAt: null, 5)));

        var report = await Engine.ReviewArtifactsAsync(new() { Location = "s3://bucket" });

        Assert.That(ReportText.Render(report.Describe()), Does.Contain(line + "\n"));
    }
}
