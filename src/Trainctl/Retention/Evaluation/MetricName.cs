using System.Text.RegularExpressions;

namespace Trainctl.Retention.Evaluation;

/// <summary>What the name of a metric tells about its direction. Only names that leave no doubt tell one: the wrong one would remove the best.</summary>
internal static partial class MetricName
{
    /// <summary>
    /// The best value up to a checkpoint, not the checkpoint's own (huggingface/transformers: src/transformers/trainer_callback.py, TrainerState).
    /// </summary>
    public const string RunningBest = "best_metric";

    private static readonly HashSet<string> Lower = new(StringComparer.OrdinalIgnoreCase)
    {
        "loss", "perplexity", "ppl", "error", "wer", "cer", "mae", "mse", "rmse", "nll",
    };

    private static readonly HashSet<string> Higher = new(StringComparer.OrdinalIgnoreCase)
    {
        "acc", "accuracy", "f1", "auc", "auroc", "bleu", "sacrebleu", "rouge", "rouge1", "rouge2", "rougel", "rougelsum", "meteor", "chrf", "map",
        "precision", "recall", "ndcg", "mrr", "iou", "dice", "psnr", "ssim",
    };

    /// <summary>Words that turn a metric round: scikit-learn's <c>neg_mean_squared_error</c> is better when it is higher.</summary>
    private static readonly HashSet<string> Turning = new(StringComparer.OrdinalIgnoreCase)
    {
        "neg", "negative", "minus", "inv", "inverse", "delta", "diff", "change", "improvement", "1",
    };

    /// <summary>The direction that the last word of a name tells, or null.</summary>
    public static MetricMode? Mode(string name)
    {
        var words = Word().Matches(name).Select(static m => m.Value).ToArray();
        if (words.Length == 0 || Hump().Matches(name).Any(static m => Turning.Contains(m.Value)))
            return null;
        foreach (var word in (string[])[words[^1], LastHump().Match(words[^1]).Value])
        {
            if (Lower.Contains(word))
                return MetricMode.Min;
            if (Higher.Contains(word))
                return MetricMode.Max;
        }

        return null;
    }

    [GeneratedRegex("[A-Za-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex("[A-Z]?[a-z0-9]+|[A-Z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Hump();

    [GeneratedRegex("[A-Z]+[a-z0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex LastHump();
}
