using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;
using Trainctl.Tests.Watching;

namespace Trainctl.Tests.Retention;

/// <summary>What was removed before a prune ended early is told, whatever ended it.</summary>
public sealed class StoppedPruneTests
{
    private static readonly PruneCheckpointsSettings Settings = new() { Location = "s3://memory", KeepLast = 1 };

    private readonly ListLog _log = new();

    private HookedStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _log.Warnings.Clear();
        _store = new HookedStore(new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3).HuggingFace("checkpoint-4", 4).Store);
    }

    [TearDown]
    public async Task TearDown() => await _store.DisposeAsync();

    [Test]
    public async Task Credentials_that_expire_meanwhile_leave_a_report_of_what_was_removed()
    {
        _store.OnListed = key =>
        {
            if (_store.Deletions.Count > 0)
                throw new TrainctlException(TrainctlError.CredentialsRejected, "The token has expired.", key);
        };

        var report = await PruneAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Failed, PruneResult.Failed, PruneResult.Kept }));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
            Assert.That(FailureSummary.Of(report), Does.StartWith("TRAINCTL1004: ").And.EndWith("The token has expired."));
            Assert.That(report.Objects.Count(static o => o.Result == OutcomeResult.Done), Is.EqualTo(5));
            Assert.That(report.Objects.Where(static o => o.Key.StartsWith("checkpoint-2/", StringComparison.Ordinal)).Select(static o => (o.Result, o.ErrorCode)), Is.All.EqualTo((OutcomeResult.Failed, "TRAINCTL1004")));
            Assert.That(report.Objects.Where(static o => o.Key.StartsWith("checkpoint-3/", StringComparison.Ordinal)).Select(static o => o.Result), Is.All.EqualTo(OutcomeResult.Refused));
            Assert.That(report.Objects[^1].Error, Does.StartWith("'checkpoint-3' was not tried any more after: "));
            Assert.That(_store.Deletions.SelectMany(static d => d), Is.All.StartsWith("checkpoint-1/"));
        });
    }

    [Test]
    public void What_fails_before_anything_was_removed_is_an_error()
    {
        var listings = 0;
        _store.OnListed = key =>
        {
            if (_store.Listings > 1 && listings++ == 0)
                throw new TrainctlException(TrainctlError.CredentialsRejected, "The token has expired.", key);
        };

        Assert.That(() => PruneAsync(), Throws.InstanceOf<TrainctlException>().With.Property(nameof(TrainctlException.Error)).EqualTo(TrainctlError.CredentialsRejected));
    }

    [Test]
    public async Task A_cancelled_prune_says_what_it_had_removed()
    {
        using var stop = new CancellationTokenSource();
        _store.OnDelete = keys =>
        {
            if (keys.Contains("checkpoint-3/model.safetensors"))
                stop.Cancel();
        };

        await Assert.ThatAsync(() => PruneAsync(stop.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(_log.Warnings, Is.EqualTo(new[]
        {
            "2 checkpoints had been removed from 's3://memory/' when this was cancelled, and 'checkpoint-3' may be removed in part; the next prune ends that.",
        }));
    }

    [Test]
    public async Task A_prune_that_is_cancelled_before_it_removes_anything_says_nothing()
    {
        using var stop = new CancellationTokenSource();
        _store.OnListed = _ =>
        {
            if (_store.Listings > 1)
                stop.Cancel();
        };

        await Assert.ThatAsync(() => PruneAsync(stop.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(_log.Warnings, Is.Empty);
    }

    private Task<PruneReport> PruneAsync(CancellationToken cancellationToken = default) => new PruneCheckpoints(
        Settings, new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, Log = _log }, _store).RunAsync(cancellationToken);
}
