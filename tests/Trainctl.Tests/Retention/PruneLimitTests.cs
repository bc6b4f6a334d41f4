using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

public sealed class PruneLimitTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };

    private CatalogScene _scene = null!;
    private HookedStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3).HuggingFace("checkpoint-4", 4);
        _store = new HookedStore(_scene.Store);
    }

    [TearDown]
    public async Task TearDown() => await _store.DisposeAsync();

    private static IEnumerable<PruneCheckpointsSettings> Exceeded() => [Settings with { MaxDeleteCount = 2 }, Settings with { MaxDeleteBytes = 1000 }, Settings with { MaxDeleteShare = 0.74 }];

    private static IEnumerable<PruneCheckpointsSettings> Met() => [Settings with { MaxDeleteCount = 3 }, Settings with { MaxDeleteBytes = 3 * 558 }, Settings with { MaxDeleteShare = 0.75 }];

    [TestCaseSource(nameof(Exceeded))]
    public async Task A_prune_beyond_its_limit_deletes_nothing(PruneCheckpointsSettings settings)
    {
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => new PruneCheckpoints(settings, Host, _store).RunAsync(CancellationToken.None)))!;
        var plan = await new PruneCheckpoints(settings, Host, _store).PlanAsync(CancellationToken.None);
        var again = (await Assert.ThrowsAsync<TrainctlException>(() => new ApplyPrunePlan(plan, Host, _store, null, dryRun: false).RunAsync(CancellationToken.None)))!;

        Assert.Multiple(() =>
        {
            Assert.That((error.Error, error.ExitCode, error.Message), Is.EqualTo((TrainctlError.DeleteLimitExceeded, ErrorCatalog.Refused, again.Message)));
            Assert.That(_store.Deletions, Is.Empty);
        });
    }

    [TestCaseSource(nameof(Met))]
    public async Task A_prune_within_its_limit_runs(PruneCheckpointsSettings settings)
    {
        await new PruneCheckpoints(settings, Host, _store).RunAsync(CancellationToken.None);

        Assert.That((await _scene.ReadAsync()).Units.Single().Path, Is.EqualTo("checkpoint-4"));
    }

    [TestCaseSource(nameof(Exceeded))]
    public async Task A_dry_run_shows_all_and_says_that_it_would_be_refused(PruneCheckpointsSettings settings)
    {
        var report = await new PruneCheckpoints(settings with { DryRun = true }, Host, _store).RunAsync(CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Count(static u => u.Result == PruneResult.Planned), Is.EqualTo(3));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.Refused));
            Assert.That(ReportText.Render(report.Describe()), Does.Contain($"This prune would be refused: {report.Refusal}."));
        });
    }

    [Test]
    public async Task A_message_names_numbers_and_setting()
    {
        var error = (await Assert.ThrowsAsync<TrainctlException>(
            () => new PruneCheckpoints(Settings with { MaxDeleteBytes = 1000 }, Host, _store).RunAsync(CancellationToken.None)))!;

        Assert.That(error.Message, Is.EqualTo(
            "Pruning 's3://memory/' was refused: 1674 bytes (1.63 KiB) would be removed, and MaxDeleteBytes is 1000 (0.98 KiB). Nothing was deleted. "
            + "Look at a dry run, then raise the limit or change the rules."));
    }

    [TestCase(-1, null, null, "MaxDeleteCount")]
    [TestCase(null, -1L, null, "MaxDeleteBytes")]
    [TestCase(null, null, 1.5, "MaxDeleteShare")]
    [TestCase(null, null, double.NaN, "MaxDeleteShare")]
    public async Task A_limit_that_makes_no_sense_is_named(int? count, long? bytes, double? share, string setting)
    {
        var settings = Settings with { MaxDeleteCount = count, MaxDeleteBytes = bytes, MaxDeleteShare = share };

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => new PruneCheckpoints(settings, Host, _store).RunAsync(CancellationToken.None)))!;

        Assert.That((error.Error, error.Subject), Is.EqualTo((TrainctlError.InvalidSetting, setting)));
    }

    private static PruneCheckpointsSettings Settings => new() { Location = "s3://memory", KeepLast = 1 };
}
