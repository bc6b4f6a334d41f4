using Trainctl.Reporting;
using Trainctl.Review;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Review;

public sealed class ReviewArtifactsTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };

    [TestCase("model.safetensors", ArtifactKind.Model)]
    [TestCase("model-00001-of-00002.safetensors", ArtifactKind.Model)]
    [TestCase("data/weights.bin", ArtifactKind.Dataset)]
    [TestCase("shard-00001.tar", ArtifactKind.Dataset)]
    [TestCase("train.jsonl.gz", ArtifactKind.Dataset)]
    [TestCase("runs/events.out.tfevents.1.host", ArtifactKind.Log)]
    [TestCase("data/train.log", ArtifactKind.Log)]
    [TestCase("wandb/run-1/files/config.yaml", ArtifactKind.Log)]
    [TestCase("README.md", ArtifactKind.Other)]
    [TestCase("", ArtifactKind.Other)]
    public void Kind_by_ending_and_folder(string key, ArtifactKind kind) => Assert.That(ArtifactKinds.Of(key), Is.EqualTo(kind));

    [Test]
    public async Task The_report_reads_well_and_counts_each_object_once()
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-5", 5).HuggingFace("run/checkpoint-6", 6)
            .Put("run/checkpoint-6/model.safetensors", ModelFile.Safetensors().Cut(), 6)
            .Put("run/trainer_state.json", """{"global_step":5,"best_global_step":5,"best_model_checkpoint":"/x/checkpoint-4"}""")
            .Put("run/model.safetensors", ModelFile.Safetensors()).Put("data/a.csv").Put("train.log");

        var report = await new ReviewArtifacts(new ReviewArtifactsSettings { Location = "s3://memory", LargestCount = 3 }, Host, scene.Store).RunAsync(CancellationToken.None);

        // Upload times are those of this test's run.
        Golden.Verify(
            ReportText.Render((report with { Duration = TimeSpan.Zero, Largest = [.. report.Largest.Select(static o => o with { ModifiedAt = CatalogScene.Start })] }).Describe()),
            "Report");
    }
}
