using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Storage.Memory;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints;

/// <summary>The settings that choose layouts reach every operation.</summary>
public sealed class LayoutSettingsTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
    private static readonly CheckpointPattern Snapshots = new("^snap-(?<step>[0-9]+)/") { Marker = "DONE", SettleTime = TimeSpan.Zero };

    private CatalogScene _scene = null!;

    [SetUp]
    public void SetUp() => _scene = new CatalogScene().Put(ScriptRun.Snapshots("r", 1, 2, 3).Select(static f => (f.Key[2..], f.Content))).Put(FairseqRun.Files("f", 5, 15));

    [Test]
    public async Task Pruning_by_a_pattern()
    {
        var report = await PruneAsync(new PruneCheckpointsSettings { Location = "s3://m", KeepLast = 1, Pattern = Snapshots, Layout = "pattern" });

        Assert.That(report.Units.Select(static u => (u.Decision.Unit.Path, u.Result)), Is.EqualTo(new[]
        {
            ("snap-1", PruneResult.Removed), ("snap-2", PruneResult.Removed), ("snap-3", PruneResult.Kept),
        }));
    }

    [Test]
    public async Task A_checkpoint_that_has_not_settled_is_not_pruned()
    {
        var report = await PruneAsync(new PruneCheckpointsSettings { Location = "s3://m", KeepLast = 1, Pattern = Snapshots with { SettleTime = TimeSpan.FromHours(1) } });

        Assert.That(report.Units.Where(static u => u.Decision.Unit.Layout == "pattern").Select(static u => u.Result), Is.All.EqualTo(PruneResult.Kept));
    }

    [Test]
    public async Task Reviewing_by_a_layout()
    {
        var report = await new ReviewArtifacts(new ReviewArtifactsSettings { Location = "s3://m", Layout = "fairseq" }, Host, _scene.Store).RunAsync(CancellationToken.None);

        Assert.That(report.Runs.Select(static r => (r.Layout, r.Units.Count)), Is.EqualTo(new[] { ("fairseq", 2) }));
    }

    [Test]
    public async Task Publishing_by_a_pattern()
    {
        await using var destination = new MemoryStore("s3://destination");
        var settings = new UploadCheckpointsSettings { Source = "s3://a", Destination = "s3://b", Pattern = Snapshots, Layout = "pattern", IncludeOtherFiles = false };

        var report = await new UploadCheckpoints(settings, Host, _scene.Store, destination).RunAsync(CancellationToken.None);

        Assert.That(report.Units.Select(static u => (u.Path, u.Result)), Is.EqualTo(new[]
        {
            ("snap-1", PublishResult.Published), ("snap-2", PublishResult.Published), ("snap-3", PublishResult.Published),
        }));
    }

    [Test]
    public async Task A_wrong_layout_is_refused_before_anything_happens()
    {
        var exception = await Assert.ThrowsAsync<TrainctlException>(() => PruneAsync(new PruneCheckpointsSettings { Location = "s3://m", KeepLast = 1, Layout = "faireq" }));

        Assert.That((exception!.Error, exception.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "Layout")));
    }

    private Task<PruneReport> PruneAsync(PruneCheckpointsSettings settings) => new PruneCheckpoints(settings, Host, _scene.Store).RunAsync(CancellationToken.None);
}
