using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Retention;

/// <summary>How much one prune may remove at most. Exceeding any of them refuses the whole prune before anything is touched.</summary>
public sealed record PruneLimits
{
    /// <summary>No limit at all.</summary>
    public static PruneLimits None { get; } = new();

    /// <summary>Checkpoints; 0 or more. Null: no limit.</summary>
    public int? MaxCount { get; init; }

    /// <summary>Bytes of the removed checkpoints; 0 or more. Null: no limit.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Share of all checkpoints at the location, from 0 to 1. Null: no limit.</summary>
    public double? MaxShare { get; init; }

    /// <summary>Why a plan is refused, as the end of a sentence; null when it is within the limits.</summary>
    internal string? ExcessOf(PrunePlan plan)
    {
        var removals = plan.Removals.ToArray();
        var bytes = removals.Sum(static u => u.Bytes);
        var invariant = CultureInfo.InvariantCulture;
        if (removals.Length > MaxCount)
            return string.Create(invariant, $"{HumanText.Count(removals.Length, "checkpoint")} would be removed, and MaxDeleteCount is {MaxCount}");
        if (bytes > MaxBytes)
            return string.Create(invariant, $"{bytes} bytes ({HumanText.Size(bytes)}) would be removed, and MaxDeleteBytes is {MaxBytes} ({HumanText.Size(MaxBytes.Value)})");
        return removals.Length > MaxShare * plan.Units.Count
            ? string.Create(invariant, $"{removals.Length} of {HumanText.Count(plan.Units.Count, "checkpoint")} would be removed, and MaxDeleteShare is {MaxShare}")
            : null;
    }

    /// <summary>Fails when a value makes no sense.</summary>
    internal void Validate()
    {
        if (MaxCount < 0)
            throw Invalid("MaxDeleteCount", MaxCount.Value.ToString(CultureInfo.InvariantCulture), "0 or more");
        if (MaxBytes < 0)
            throw Invalid("MaxDeleteBytes", MaxBytes.Value.ToString(CultureInfo.InvariantCulture), "0 or more");
        if (MaxShare is { } share && !(share is >= 0 and <= 1))
            throw Invalid("MaxDeleteShare", share.ToString(CultureInfo.InvariantCulture), "from 0 to 1");
    }

    internal static TrainctlException Exceeded(string location, string excess) => new(
        TrainctlError.DeleteLimitExceeded,
        $"Pruning '{location}' was refused: {excess}. Nothing was deleted. Look at a dry run, then raise the limit or change the rules.",
        location);

    private static TrainctlException Invalid(string setting, string value, string valid) =>
        new(TrainctlError.InvalidSetting, $"{setting} is {value}; it must be {valid}, or not set.", setting);
}
