using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Sync;

namespace Trainctl.Retention.Evaluation;

/// <summary>Refuses values of a policy that make no sense, before anything is read.</summary>
internal static class PolicyValidation
{
    public static void Validate(RetentionPolicy policy)
    {
        AtLeastOne(nameof(policy.KeepLast), policy.KeepLast);
        AtLeastOne(nameof(policy.KeepBest), policy.KeepBest);
        AtLeastOne(nameof(policy.KeepEverySteps), policy.KeepEverySteps);
        AtLeastOne(nameof(policy.KeepHourly), policy.KeepHourly);
        AtLeastOne(nameof(policy.KeepDaily), policy.KeepDaily);
        AtLeastOne(nameof(policy.KeepWeekly), policy.KeepWeekly);
        AtLeastOne(nameof(policy.MaxTotalSize), policy.MaxTotalSize, " byte");
        MoreThanZero(nameof(policy.KeepWithin), policy.KeepWithin);
        MoreThanZero(nameof(policy.MaxAge), policy.MaxAge);
        if (policy.MinAge < TimeSpan.Zero)
            throw Invalid(nameof(policy.MinAge), policy.MinAge, "0 or more");
        if (policy.KeepSteps.Any(static s => s < 0))
            throw Invalid(nameof(policy.KeepSteps), string.Join(", ", policy.KeepSteps), "steps of 0 or more");
        ValidateMetric(policy);
        foreach (var pattern in policy.KeepPaths)
            ValidateGlob(pattern);
    }

    /// <summary>A metric that no rule uses is a mistake that would cost the best checkpoint, so it is one here too.</summary>
    private static void ValidateMetric(RetentionPolicy policy)
    {
        if (policy.MetricMode is { } mode && !Enum.IsDefined(mode))
            throw Invalid(nameof(policy.MetricMode), mode, "Min or Max");
        if (policy.KeepBest is null)
        {
            if (policy.Metric is not null)
                throw Error(nameof(policy.Metric), $"Metric is '{policy.Metric}', and KeepBest is not set, so nothing would use it. Set KeepBest to 1 or more, or leave out Metric.");
            if (policy.MetricMode is not null)
                throw Error(nameof(policy.MetricMode), $"MetricMode is {policy.MetricMode}, and KeepBest is not set, so nothing would use it. Set KeepBest and Metric, or leave out MetricMode.");
            return;
        }

        if (string.IsNullOrWhiteSpace(policy.Metric))
            throw Error(nameof(policy.Metric), "KeepBest is set, and Metric is not. Set Metric to the name of the metric, for example 'eval_loss'.");
        if (policy.Metric == MetricName.RunningBest)
        {
            throw Error(
                nameof(policy.Metric),
                $"Metric is '{policy.Metric}', which is the best value up to a checkpoint and not the checkpoint's own. Set the metric itself, for example 'eval_loss'.");
        }

        if (policy.MetricMode is null && MetricName.Mode(policy.Metric) is null)
        {
            throw Error(
                nameof(policy.MetricMode),
                $"MetricMode is not set, and the name '{policy.Metric}' does not say whether lower or higher is better. Set MetricMode to Min (lower is better) or Max.");
        }
    }

    private static void ValidateGlob(string? pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern))
            throw Error(nameof(RetentionPolicy.KeepPaths), "KeepPaths holds an empty pattern; each must be a glob such as 'run-7/**' or '*-5000'.");
        try
        {
            _ = new KeyFilter([pattern], []);
        }
        catch (TrainctlException exception)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"KeepPaths holds a pattern that is none. {exception.Message}", nameof(RetentionPolicy.KeepPaths), exception);
        }
    }

    private static void AtLeastOne(string name, long? value, string unit = "")
    {
        if (value < 1)
            throw Invalid(name, value, $"1{unit} or more, or not set");
    }

    private static void MoreThanZero(string name, TimeSpan? value)
    {
        if (value <= TimeSpan.Zero)
            throw Invalid(name, value, "more than 0, or not set");
    }

    private static TrainctlException Invalid(string name, object? value, string range) =>
        Error(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {range}."));

    private static TrainctlException Error(string name, string message) => new(TrainctlError.InvalidSetting, message, name);
}
