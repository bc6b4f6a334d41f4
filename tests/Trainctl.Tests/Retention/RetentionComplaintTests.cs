using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;
using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

/// <summary>What users of other tools lost, named after their reports: huggingface/transformers, Lightning-AI/pytorch-lightning, mlflow/mlflow.</summary>
public sealed class RetentionComplaintTests
{
    private static readonly RetentionPolicy[] Strictest =
    [
        new() { KeepLast = 1 },
        new() { MaxTotalSize = 1 },
        new() { MaxAge = TimeSpan.FromTicks(1) },
        new() { KeepLast = 1, MaxAge = TimeSpan.FromTicks(1), MaxTotalSize = 1 },
    ];

    [TestCaseSource(nameof(Strictest))]
    public void Best_is_not_lost_to_a_limit_transformers_15089(RetentionPolicy policy) =>
        Assert.That(
            Kept([Unit("a", 1, 1), Unit("a", 2, 2), Unit("a", 3, 3)], policy, Pointer(PointerKind.Best, "a/checkpoint-3/trainer_state.json", "a/checkpoint-1")),
            Is.EqualTo(new[] { "a/checkpoint-1", "a/checkpoint-3" }));

    [TestCaseSource(nameof(Strictest))]
    public void Last_is_not_lost_to_a_limit_transformers_11748(RetentionPolicy policy) =>
        Assert.That(Kept([Unit("a", 1, 1), Unit("a", 2, 2), Unit("a", 3, 3)], policy), Is.EqualTo(new[] { "a/checkpoint-3" }));

    [TestCaseSource(nameof(Strictest))]
    public void Best_by_a_metric_and_last_are_not_lost_to_a_limit_transformers_11421(RetentionPolicy policy) =>
        Assert.That(
            Kept(
                [Unit("a", 1, 1).With("eval_loss", 2), Unit("a", 2, 2).With("eval_loss", 1), Unit("a", 3, 3).With("eval_loss", 3)],
                policy with { KeepBest = 1, Metric = "eval_loss" }),
            Is.EqualTo(new[] { "a/checkpoint-2", "a/checkpoint-3" }));

    [Test]
    public async Task A_truncated_newest_does_not_push_out_the_good_one_transformers_35782()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3)
            .Put("checkpoint-3/model.safetensors", ModelFile.Safetensors().Cut(), 3);

        Assert.That(await KeptAsync(scene, new() { KeepLast = 1 }), Is.EqualTo(new[] { "checkpoint-2", "checkpoint-3" }));
    }

    [Test]
    public async Task A_save_that_died_does_not_count_transformers_35525()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3).HuggingFace("checkpoint-4", 4)
            .Remove("checkpoint-3/trainer_state.json").Remove("checkpoint-4/trainer_state.json");

        Assert.That(await KeptAsync(scene, new() { KeepLast = 2 }), Is.EqualTo(new[] { "checkpoint-1", "checkpoint-2", "checkpoint-3", "checkpoint-4" }));
    }

    [TestCaseSource(nameof(Strictest))]
    public void Low_steps_of_a_restarted_run_stay_transformers_37260(RetentionPolicy policy) =>
        Assert.That(
            Kept([Unit("a", 800, 1), Unit("a", 900, 2), Unit("a", 100, 50), Unit("a", 200, 51, isComplete: false)], policy),
            Is.EqualTo(new[] { "a/checkpoint-900", "a/checkpoint-100", "a/checkpoint-200" }));

    [Test]
    public void The_old_one_stays_until_the_new_one_is_whole_Lightning_1150()
    {
        var writing = Kept([Unit("a", 1, 1), Unit("a", 2, 2, isComplete: false)], new() { KeepLast = 1 });
        var written = Kept([Unit("a", 1, 1), Unit("a", 2, 2)], new() { KeepLast = 1 });

        Assert.That((writing, written), Is.EqualTo((new[] { "a/checkpoint-1", "a/checkpoint-2" }, new[] { "a/checkpoint-2" })));
    }

    [Test]
    public async Task More_than_the_first_1000_objects_are_seen_mlflow_14654()
    {
        var scene = new CatalogScene();
        for (var step = 1; step <= 1100; step++)
            scene.Put($"step_{step}.safetensors", ModelFile.Safetensors(), step);

        Assert.That(await KeptAsync(scene, new() { KeepLast = 2 }), Is.EqualTo(new[] { "step_1099.safetensors", "step_1100.safetensors" }));
    }

    [Test]
    public async Task Best_is_known_by_its_step_when_its_path_is_dead_transformers_48315()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2)
            .HuggingFace("checkpoint-3", 3, more: ""","best_global_step":1,"best_model_checkpoint":"/gone/with/the/machine" """);

        Assert.That(await KeptAsync(scene, new() { KeepLast = 1 }), Is.EqualTo(new[] { "checkpoint-1", "checkpoint-3" }));
    }

    private static async Task<string[]> KeptAsync(CatalogScene scene, RetentionPolicy policy)
    {
        var catalog = await scene.ReadAsync();
        return Kept(RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, policy, Now));
    }

    private static string[] Kept(CheckpointUnit[] units, RetentionPolicy policy, params CheckpointPointer[] pointers) =>
        Kept(RetentionEvaluator.Evaluate([Run(units)], pointers, policy, Now));

    private static string[] Kept(IEnumerable<RetentionDecision> decisions) => [.. decisions.Where(static d => d.Keep).Select(static d => d.Unit.Path)];
}
