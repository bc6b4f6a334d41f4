using System.Text.Json;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Listing;
using Trainctl.Checkpoints.Verification;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Reporting;

/// <summary>Every report of the engine is JSON for those who ask for it, and the same facts are in it.</summary>
public sealed class ReportJsonTests
{
    [Test]
    public async Task Every_report_can_be_written()
    {
        using var folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(folder, "run", step, best: 2);
        HuggingFaceRun.Truncate(folder, "run", 3);
        var engine = TestHost.Engine(folder);
        Report[] reports =
        [
            await engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "run", Destination = "store" }),
            await engine.SyncAsync(new SyncSettings { Source = "run", Destination = "copy" }),
            await engine.ListAsync(new ListSettings { Location = "run" }),
            await engine.StageDataAsync(new StageDataSettings { Source = "run", Destination = "data" }),
            await engine.ListCheckpointsAsync(new ListCheckpointsSettings { Location = "run" }),
            await engine.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = "store" }),
            await engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "store", KeepLast = 1, Trash = ".trash" }),
            await engine.RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "store" }),
            await engine.ReviewArtifactsAsync(new ReviewArtifactsSettings { Location = "run", Detailed = true, Policy = new RetentionPolicy { KeepLast = 1 } }),
        ];

        Assert.Multiple(() =>
        {
            foreach (var report in reports)
            {
                var json = JsonDocument.Parse(ReportJson.Serialize(report)).RootElement;
                Assert.That(json.GetProperty("operation").GetString(), Is.EqualTo(report.Operation));
                Assert.That(json.GetProperty("exitCode").GetInt32(), Is.EqualTo(report.ExitCode));
                Assert.That(json.GetProperty("objects").GetArrayLength(), Is.EqualTo(report.Objects.Count));
            }
        });
    }

    /// <summary>A report type that was forgotten above would be found by its users.</summary>
    [Test]
    public void No_type_of_report_is_missing_here() => Assert.That(
        typeof(Report).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Report))).Select(static t => t.Name),
        Is.EquivalentTo(new[]
        {
            nameof(UploadCheckpointsReport), nameof(SyncReport), nameof(ListReport), nameof(StageDataReport), nameof(ListCheckpointsReport),
            nameof(VerifyCheckpointsReport), nameof(PruneReport), nameof(RestoreReport), nameof(ReviewReport), nameof(Trainctl.Training.TrainingReport), nameof(Trainctl.Doctor.DoctorReport),
        }));

    /// <summary>What a shell shows last is made of what is in the report; machines have the exit code and the outcomes.</summary>
    [Test]
    public void The_text_of_a_failure_is_no_field() => Assert.That(
        typeof(Report).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Report)))
            .Where(static t => ReportJsonContext.Default.GetTypeInfo(t)!.Properties.Any(static p => p.Name == "failureText" && p.Get is not null)).Select(static t => t.Name),
        Is.Empty);

    [Test]
    public async Task A_prune_tells_machines_what_it_tells_people()
    {
        using var folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2])
            HuggingFaceRun.Write(folder, "run", step);
        var report = await TestHost.Engine(folder).PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "run", KeepLast = 1 });

        var units = JsonDocument.Parse(ReportJson.Serialize(report)).RootElement.GetProperty("units");

        Assert.Multiple(() =>
        {
            Assert.That(units.EnumerateArray().Select(static u => u.GetProperty("result").GetString()), Is.EqualTo(new[] { "Removed", "Kept" }));
            Assert.That(units[0].GetProperty("decision").GetProperty("unit").GetProperty("path").GetString(), Is.EqualTo("checkpoint-1"));
            Assert.That(units[0].GetProperty("decision").GetProperty("removalReason").GetString(), Is.EqualTo("no rule keeps it"));
        });
    }
}
