using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Retention.Evaluation;

using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

public sealed class MissingMetricTests
{
    private static readonly RetentionPolicy Policy = new() { KeepBest = 1, Metric = "eval_los", MetricMode = MetricMode.Min };

    [Test]
    public void A_misspelt_metric_stops_with_the_names_that_are_there()
    {
        var error = Error(Run(
            Unit("a", 1, 1).With("eval_loss", 1).With("best_metric", 1), Unit("a", 2, 2).With("eval_acc", double.NaN), Unit("a", 3, 3, isComplete: false),
            Unit("a", 4, 4), Unit("a", 5, 5)));

        Assert.Multiple(() =>
        {
            Assert.That((error.Error, error.ExitCode, error.Subject), Is.EqualTo((TrainctlError.MissingMetric, ErrorCatalog.IntegrityFailure, "a/checkpoint-1")));
            Assert.That(error.Message, Is.EqualTo(
                "Nothing was removed: 4 complete checkpoints without the metric 'eval_los', so the best cannot be told: 'a/checkpoint-1', 'a/checkpoint-2', "
                + "'a/checkpoint-4', …. Metrics recorded here: eval_acc, eval_loss. Correct Metric, or write the value into metrics.json in the checkpoint "
                + "(NAME.metrics.json beside a file), or set AllowMissingMetric to rank checkpoints without it worst."));
        });
    }

    [Test]
    public void One_checkpoint_without_it_is_enough_in_any_run() => Assert.That(
        Error(Run(Unit("a", 1, 1).With("eval_los", 1)), Run(Unit("b", 1, 1).With("eval_los", 1), Unit("b", 2, 2))).Message,
        Does.StartWith("Nothing was removed: 1 complete checkpoint without the metric 'eval_los', so the best cannot be told: 'b/checkpoint-2'. "
            + "Metrics recorded here: eval_los."));

    [Test]
    public void No_metric_anywhere_is_said() => Assert.That(Error(Run(Unit("a", 1, 1))).Message, Does.Contain("No checkpoint here has any metric."));

    [Test]
    public void What_diverged_or_is_incomplete_is_not_missing() => Assert.That(
        () => RetentionEvaluator.Evaluate(
            [Run(Unit("a", 1, 1).With("eval_los", double.NaN), Unit("a", 2, 2, isComplete: false), Unit("a", 3, 3).With("eval_los", 1))], [], Policy, Now),
        Throws.Nothing);

    private static TrainctlException Error(params CheckpointRun[] runs) =>
        Assert.Throws<TrainctlException>(() => RetentionEvaluator.Evaluate(runs, [], Policy, Now))!;
}
