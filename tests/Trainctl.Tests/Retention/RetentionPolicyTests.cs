using System.Reflection;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Retention.Evaluation;
using Trainctl.Storage;

using static Trainctl.Tests.Retention.RetentionScene;

namespace Trainctl.Tests.Retention;

public sealed class RetentionPolicyTests
{
    private static IEnumerable<TestCaseData<RetentionPolicy, string>> Nonsense() =>
    [
        new(new() { KeepLast = 0 }, "KeepLast is 0; it must be 1 or more, or not set."),
        new(new() { KeepLast = -1 }, "KeepLast is -1; it must be 1 or more, or not set."),
        new(new() { KeepBest = 0, Metric = "loss" }, "KeepBest is 0; it must be 1 or more, or not set."),
        new(new() { KeepEverySteps = -500 }, "KeepEverySteps is -500; it must be 1 or more, or not set."),
        new(new() { KeepHourly = 0 }, "KeepHourly is 0; it must be 1 or more, or not set."),
        new(new() { KeepDaily = 0 }, "KeepDaily is 0; it must be 1 or more, or not set."),
        new(new() { KeepWeekly = 0 }, "KeepWeekly is 0; it must be 1 or more, or not set."),
        new(new() { KeepSteps = [5, -1] }, "KeepSteps is 5, -1; it must be steps of 0 or more."),
        new(new() { KeepWithin = TimeSpan.Zero }, "KeepWithin is 00:00:00; it must be more than 0, or not set."),
        new(new() { MaxAge = TimeSpan.FromHours(-1) }, "MaxAge is -01:00:00; it must be more than 0, or not set."),
        new(new() { MaxTotalSize = 0 }, "MaxTotalSize is 0; it must be 1 byte or more, or not set."),
        new(new() { MinAge = TimeSpan.FromHours(-1) }, "MinAge is -01:00:00; it must be 0 or more."),
        new(new() { KeepPaths = [" "] }, "KeepPaths holds an empty pattern; each must be a glob such as 'run-7/**' or '*-5000'."),
        new(new() { KeepPaths = ["[z-a]"] }, "KeepPaths holds a pattern that is none. '[z-a]' is not a glob: "),
        new(new() { KeepBest = 1 }, "KeepBest is set, and Metric is not. Set Metric to the name of the metric, for example 'eval_loss'."),
        new(new() { KeepBest = 1, Metric = "score" },
            "MetricMode is not set, and the name 'score' does not say whether lower or higher is better. Set MetricMode to Min (lower is better) or Max."),
        new(new() { KeepBest = 1, Metric = "loss", MetricMode = (MetricMode)7 }, "MetricMode is 7; it must be Min or Max."),
        new(new() { KeepBest = 1, Metric = "best_metric" }, "Metric is 'best_metric', which is the best value up to a checkpoint and not the checkpoint's own."),
        new(new() { KeepLast = 1, Metric = "loss" },
            "Metric is 'loss', and KeepBest is not set, so nothing would use it. Set KeepBest to 1 or more, or leave out Metric."),
        new(new() { KeepLast = 1, MetricMode = MetricMode.Max },
            "MetricMode is Max, and KeepBest is not set, so nothing would use it. Set KeepBest and Metric, or leave out MetricMode."),
    ];

    [TestCaseSource(nameof(Nonsense))]
    public void Nonsense_is_refused_with_the_valid_range(RetentionPolicy policy, string message)
    {
        var error = Assert.Throws<TrainctlException>(() => RetentionEvaluator.Evaluate([], [], policy, Now))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidSetting));
            Assert.That(error.Message, Does.StartWith(message));
            Assert.That(error.Subject, Does.Match("^(Keep|Max|Min|Metric)[A-Za-z]*$"));
        });
    }

    [TestCase("loss", MetricMode.Min)]
    [TestCase("eval_loss", MetricMode.Min)]
    [TestCase("val/loss", MetricMode.Min)]
    [TestCase("valLoss", MetricMode.Min)]
    [TestCase("train.perplexity", MetricMode.Min)]
    [TestCase("eval_WER", MetricMode.Min)]
    [TestCase("word_error", MetricMode.Min)]
    [TestCase("cer", MetricMode.Min)]
    [TestCase("acc", MetricMode.Max)]
    [TestCase("valAccuracy", MetricMode.Max)]
    [TestCase("eval_f1", MetricMode.Max)]
    [TestCase("macro F1", MetricMode.Max)]
    [TestCase("eval_rougeL", MetricMode.Max)]
    [TestCase("eval_rouge2", MetricMode.Max)]
    [TestCase("sacrebleu", MetricMode.Max)]
    [TestCase("roc-auc", MetricMode.Max)]
    [TestCase("neg_mean_squared_error", null)]
    [TestCase("negLoss", null)]
    [TestCase("1-acc", null)]
    [TestCase("answer", null)]
    [TestCase("officer", null)]
    [TestCase("loss_scale", null)]
    [TestCase("score", null)]
    [TestCase("", null)]
    [TestCase("--", null)]
    public void A_name_tells_a_direction_only_without_doubt(string name, MetricMode? mode) => Assert.That(MetricName.Mode(name), Is.EqualTo(mode));

    [Test]
    public void Only_rules_and_limits_make_a_policy() => Assert.Multiple(() =>
    {
        Assert.That(new RetentionPolicy { MinAge = TimeSpan.FromDays(1), AllowRemovingNewest = true, AllowMissingMetric = true }.IsEmpty, Is.True);
        Assert.That(new RetentionPolicy { MaxAge = TimeSpan.FromDays(1) }.IsEmpty, Is.False);
        Assert.That(new RetentionPolicy { MaxTotalSize = 1 }.IsEmpty, Is.False);
        Assert.That(new RetentionPolicy { KeepPaths = ["*"] }.IsEmpty, Is.False);
        Assert.That(new RetentionPolicy { KeepSteps = [1] }.IsEmpty, Is.False);
    });

    /// <summary>The settings of a prune have every value of a policy under the same name, and hand it on.</summary>
    [TestCaseSource(nameof(PolicyProperties))]
    public void Prune_settings_hand_on(PropertyInfo property)
    {
        var setting = typeof(PruneCheckpointsSettings).GetProperty(property.Name)!;
        var settings = new PruneCheckpointsSettings { Location = ObjectUrl.Parse("s3://bucket") };
        setting.SetValue(settings, Sample(property.PropertyType));

        Assert.That(property.GetValue(settings.Policy), Is.EqualTo(Sample(property.PropertyType)).And.Not.EqualTo(property.GetValue(new RetentionPolicy())));
    }

    private static IEnumerable<TestCaseData<PropertyInfo>> PolicyProperties() =>
        typeof(RetentionPolicy).GetProperties().Where(static p => p.CanWrite).Select(static p => new TestCaseData<PropertyInfo>(p) { TestName = $"Prune_settings_hand_on_{p.Name}" });

    private static object Sample(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) => 7,
        var t when t == typeof(long) => 7L,
        var t when t == typeof(bool) => true,
        var t when t == typeof(string) => "text",
        var t when t == typeof(TimeSpan) => TimeSpan.FromHours(7),
        var t when t == typeof(MetricMode) => MetricMode.Max,
        var t when t == typeof(IReadOnlyList<long>) => new List<long> { 7 },
        var t when t == typeof(IReadOnlyList<string>) => new List<string> { "text" },
        var t => throw new NotSupportedException($"A sample of {t} is missing here."),
    };
}
