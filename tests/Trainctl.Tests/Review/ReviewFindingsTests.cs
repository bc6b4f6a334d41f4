using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Review;

public sealed class ReviewFindingsTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
    private static readonly ReviewArtifactsSettings Settings = new() { Location = "s3://memory" };

    [Test]
    public async Task A_healthy_run_passes_every_gate()
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-5", 5, more: ""","best_global_step":5""").HuggingFace("run/checkpoint-6", 6);

        var report = await ReviewAsync(scene, Settings with { MaxTotalBytes = 1_000_000, FailOnDanglingPointer = true, FailOnIncompleteNewest = true });

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.Zero);
            Assert.That(report.FailedGates, Is.Empty);
            Assert.That(report.FailureText, Is.Null);
            Assert.That(report.Health.Single(), Is.EqualTo(new RunHealth("run", 2, 0, 0, report.Kinds.Single().Bytes, IsNewestComplete: true)));
        });
    }

    [Test]
    public async Task Each_gate_that_was_asked_for_fails_with_its_reason()
    {
        var report = await ReviewAsync(Sick(), Settings with { MaxTotalBytes = 100, FailOnDanglingPointer = true, FailOnIncompleteNewest = true });

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(6));
            Assert.That(report.FailedGates, Has.Count.EqualTo(3));
            Assert.That(report.FailedGates[0], Does.EndWith("over the budget of 100 B"));
            Assert.That(report.FailedGates[1], Is.EqualTo("the newest checkpoint run/checkpoint-6 is in flight: model.safetensors has 74 bytes and needs 79"));
            Assert.That(report.FailedGates[2], Is.EqualTo("run/trainer_state.json names '/x/checkpoint-4', which is not here"));
            Assert.That(report.FailureText, Does.StartWith("TRAINCTL4010: the review of 's3://memory/' failed: "));
        });
    }

    [Test]
    public async Task A_gate_that_nobody_asked_for_does_not_fail() => Assert.That((await ReviewAsync(Sick(), Settings)).ExitCode, Is.Zero);

    [TestCase(1000, 6)]
    [TestCase(1001, 0)]
    public async Task The_budget_is_the_most_that_passes(long budget, int exitCode) =>
        Assert.That((await ReviewAsync(new CatalogScene().Put("a", new byte[1001]), Settings with { MaxTotalBytes = budget })).ExitCode, Is.EqualTo(exitCode));

    [Test]
    public async Task A_negative_budget_is_bad_input()
    {
        var error = await Assert.ThrowsAsync<TrainctlException>(() => ReviewAsync(new CatalogScene(), Settings with { MaxTotalBytes = -1 }));
        Assert.That(error!.Message, Does.Contain("MaxTotalBytes is -1"));
    }

    [Test]
    public async Task A_dead_path_of_another_machine_is_no_dangling_pointer_when_the_step_is_here_transformers_48315()
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-5", 5, more: ""","best_global_step":5,"best_model_checkpoint":"/old/machine/out-5" """);

        Assert.That((await ReviewAsync(scene, Settings)).DanglingPointers, Is.Empty);
    }

    [Test]
    public async Task A_last_file_that_is_cut_short_is_found()
    {
        var report = await ReviewAsync(new CatalogScene().Put("epoch=1-step=5.ckpt", ModelFile.Zip()).Put("last.ckpt", ModelFile.Zip().Cut()), Settings);

        Assert.That(report.DanglingPointers.Select(static p => p.Key), Is.EqualTo(new[] { "last.ckpt" }));
    }

    [Test]
    public async Task Shards_without_their_siblings_are_orphans_and_whole_sets_are_not()
    {
        var scene = new CatalogScene().Put("whole/m-00001-of-00002.safetensors").Put("whole/m-00002-of-00002.safetensors")
            .Put("torn/m-00001-of-00003.safetensors").Put("torn/m-00003-of-00003.safetensors").Put("data/train-00001-of-00009.bin");

        Assert.That((await ReviewAsync(scene, Settings)).OrphanedShards, Is.EqualTo(new[] { new OrphanedShardSet("torn/m-*.safetensors", 2, 8, "shard 2 of 3 is missing") }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Duplicates_are_found_by_content_and_only_when_asked_for(bool find)
    {
        var (one, other) = (new byte[100_000], new byte[100_000]);
        other[^1] = 1;
        var scene = new CatalogScene().Put("a/model.bin", one).Put("b/model.bin", one).Put("c/model.bin", one).Put("d/model.bin", other).Put("e/small.bin", new byte[9]).Put("f/small.bin", new byte[9]);

        var report = await ReviewAsync(scene, Settings with { FindDuplicates = find });

        if (!find)
            Assert.That(report.Duplicates, Is.Empty);
        else
            Assert.That((report.Duplicates.Single().Keys, report.Duplicates.Single().WastedBytes), Is.EqualTo((new[] { "a/model.bin", "b/model.bin", "c/model.bin" }, 200_000L)));
    }

    [Test]
    public async Task A_policy_is_tried_and_nothing_is_deleted()
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-5", 5).HuggingFace("run/checkpoint-6", 6).HuggingFace("run/checkpoint-7", 7);
        var before = await scene.Store.ListAsync(new ListRequest()).ToListAsync();

        var report = await ReviewAsync(scene, Settings with { Policy = new RetentionPolicy { KeepLast = 1 } });

        Assert.That((report.WouldFree!.Checkpoints, report.WouldFree.Bytes), Is.EqualTo((2, report.Runs[0].Units.Take(2).Sum(static u => u.Bytes))));
        Assert.That(await scene.Store.ListAsync(new ListRequest()).ToListAsync(), Is.EqualTo(before));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task All_objects_are_listed_when_asked_for(bool detailed)
    {
        var report = await ReviewAsync(new CatalogScene().HuggingFace("run/checkpoint-5", 5).Put("run/train.log"), Settings with { Detailed = detailed });

        Assert.That(report.AllObjects.Select(static o => (o.Key, o.Kind)), Is.EqualTo(detailed
            ? new[]
            {
                ("run/checkpoint-5/config.json", ArtifactKind.Checkpoint), ("run/checkpoint-5/model.safetensors", ArtifactKind.Checkpoint),
                ("run/checkpoint-5/optimizer.pt", ArtifactKind.Checkpoint), ("run/checkpoint-5/rng_state.pth", ArtifactKind.Checkpoint),
                ("run/checkpoint-5/trainer_state.json", ArtifactKind.Checkpoint), ("run/train.log", ArtifactKind.Log),
            }
            : []));
    }

    [Test]
    public async Task Growth_adds_up_by_day()
    {
        var scene = new CatalogScene().Put("a", new byte[10]).Put("b", new byte[5], 60).Put("c", new byte[7], 3 * 24 * 60);

        Assert.That((await ReviewAsync(scene, Settings)).Growth, Is.EqualTo(new[] { new GrowthPoint(new DateOnly(2024, 1, 1), 15), new GrowthPoint(new DateOnly(2024, 1, 4), 22) }));
    }

    [Test]
    public async Task The_report_names_all_that_is_wrong() =>
        Golden.Verify(ReportText.Render((await ReviewAsync(Sick(), Settings with { LargestCount = 0, MaxTotalBytes = 100, Policy = new RetentionPolicy { KeepLast = 1 } }) with { Duration = TimeSpan.Zero }).Describe()), "Sick");

    private static CatalogScene Sick() => new CatalogScene()
        .HuggingFace("run/checkpoint-3", 3).HuggingFace("run/checkpoint-5", 5).HuggingFace("run/checkpoint-6", 6)
        .Put("run/checkpoint-6/model.safetensors", ModelFile.Safetensors().Cut(), 6)
        .Put("run/trainer_state.json", """{"global_step":5,"best_model_checkpoint":"/x/checkpoint-4"}""")
        .Put("torn/m-00001-of-00003.safetensors");

    private static Task<ReviewReport> ReviewAsync(CatalogScene scene, ReviewArtifactsSettings settings) =>
        new ReviewArtifacts(settings, Host, scene.Store).RunAsync(CancellationToken.None);
}
