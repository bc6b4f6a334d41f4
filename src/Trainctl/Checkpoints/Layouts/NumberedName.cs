using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Trainctl.Retention.Evaluation;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// A file name that says which step or epoch it is: <c>epoch=03-val_loss=0.32</c> (Lightning-AI/pytorch-lightning:
/// src/lightning/pytorch/callbacks/model_checkpoint.py, format_checkpoint_name), <c>model_step_500</c>, <c>epoch-3</c>.
/// </summary>
internal sealed partial record NumberedName
{
    /// <summary>What a training is set to, also when it has a fraction: checkpoints that differ in it are of two trainings.</summary>
    private static readonly HashSet<string> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        "lr", "learning_rate", "wd", "weight_decay", "dropout", "momentum", "alpha", "beta", "gamma",
    };

    public long? Step { get; private init; }

    public double? Epoch { get; private init; }

    /// <summary>A value that is no finite number is NaN.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; private init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>
    /// What the checkpoints of one series have in common: the name with <c>*</c> for each number that training changes. Other numbers, such as
    /// <c>fold=0</c> and <c>rank=3</c>, tell series apart. Where that is in doubt the series are two, as none is pushed out by another.
    /// </summary>
    public required string Pattern { get; init; }

    /// <summary>Reads names of the form <c>key=value</c>; null without a step or an epoch.</summary>
    public static NumberedName? ParseEquations(string name) => Parse(name, Equation());

    /// <summary>Reads names of the form <c>word-number</c> besides; null without a step or an epoch.</summary>
    public static NumberedName? ParseWords(string name) => Parse(name, EquationOrWord());

    private static NumberedName? Parse(string name, Regex pattern)
    {
        long? step = null;
        double? epoch = null;
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Match match in pattern.Matches(name))
        {
            var key = match.Groups["key"].Value;
            var text = match.Groups["value"].Value;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                value = double.NaN;
            if (IsStep(key) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                step = number;
            else if (IsEpoch(key) && double.IsFinite(value))
                epoch = value;
            else if (double.IsFinite(value) || (!IsStep(key) && !IsEpoch(key)))
                metrics[key] = double.IsFinite(value) ? value : double.NaN;
        }

        if (step is null && epoch is null)
            return null;
        return new NumberedName { Step = step, Epoch = epoch, Metrics = metrics, Pattern = pattern.Replace(name, static m => Starred(m)) };
    }

    private static string Starred(Match match)
    {
        var value = match.Groups["value"];
        if (!Changes(match.Groups["key"].Value, value.Value))
            return match.Value;
        var start = value.Index - match.Index;
        return string.Concat(match.Value.AsSpan(0, start), "*", match.Value.AsSpan(start + value.Length));
    }

    /// <summary>Metrics have fractions, but for those that happen to be whole, as <c>acc=1</c>: these are known by their names.</summary>
    private static bool Changes(string key, string value) =>
        IsStep(key) || IsEpoch(key) || IsMetric(key) || (!Settings.Contains(key) && !Integer().IsMatch(value));

    private static bool IsMetric(string key) =>
        MetricName.Mode(key) is not null || key.EndsWith("score", StringComparison.OrdinalIgnoreCase) || key.EndsWith("reward", StringComparison.OrdinalIgnoreCase);

    private static bool IsStep(string key) =>
        key.EndsWith("step", StringComparison.OrdinalIgnoreCase) || key.EndsWith("steps", StringComparison.OrdinalIgnoreCase)
        || key.ToUpperInvariant() is "ITER" or "ITERATION" or "CKPT" or "CHECKPOINT";

    private static bool IsEpoch(string key) => key.EndsWith("epoch", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(EquationText, RegexOptions.CultureInvariant)]
    private static partial Regex Equation();

    [GeneratedRegex(
        EquationText + @"|(?<![A-Za-z0-9])(?<key>global_step|steps?|iter|iteration|epoch|ckpt|checkpoint)[-_]?(?<value>\d+)(?![A-Za-z0-9]|\.\d)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex EquationOrWord();

    [GeneratedRegex(@"^[-+]?\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    private const string EquationText = @"(?<![A-Za-z0-9_])(?<key>[A-Za-z_][A-Za-z0-9_.]*)=(?<value>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|nan|-?inf)";
}
