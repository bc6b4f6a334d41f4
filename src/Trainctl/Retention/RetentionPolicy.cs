using System.Globalization;
using Trainctl.Diagnostics;

namespace Trainctl.Retention;

/// <summary>
/// Which checkpoints to keep. Every rule that is set keeps something; what no rule and no protection keeps is removed. Rules look at each run alone,
/// and count complete checkpoints only. A policy without rules keeps everything.
/// </summary>
public sealed record RetentionPolicy
{
    /// <summary>Keeps this many of the newest complete checkpoints of each run. At least 1. Null: no such rule.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Whether no rule is set.</summary>
    public bool IsEmpty => KeepLast is null;

    /// <summary>Fails when a value makes no sense.</summary>
    /// <exception cref="TrainctlException">With <see cref="TrainctlError.InvalidSetting"/>, naming the setting and its valid values.</exception>
    public void Validate()
    {
        if (KeepLast < 1)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                string.Create(CultureInfo.InvariantCulture, $"{nameof(KeepLast)} is {KeepLast}; it must be 1 or more, or not set to keep everything."),
                nameof(KeepLast));
        }
    }

    internal IEnumerable<IRetentionRule> Rules()
    {
        if (KeepLast is { } count)
            yield return new KeepLastRule(count);
    }
}
