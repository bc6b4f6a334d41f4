namespace Trainctl.Benchmarks.Peers.Results;

/// <summary>Medians, and ratios of paired runs. Pure.</summary>
internal static class Medians
{
    /// <summary>The middle; of an even number, the mean of the two in the middle. Null of nothing.</summary>
    public static double? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return null;
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The median of each run's ratio to the run beside it: a machine that slows down slows both. Null where a value is missing.</summary>
    public static double? Ratio(IReadOnlyList<Measurement> ours, IReadOnlyList<Measurement> theirs, Func<Measurement, double?> value)
    {
        if (ours.Count != theirs.Count)
            throw new ArgumentException($"{ours.Count} runs cannot be paired with {theirs.Count}.");
        var ratios = ours.Zip(theirs, (our, their) => value(our) / value(their)).ToArray();
        return Array.TrueForAll(ratios, static r => r is { } known && double.IsFinite(known)) ? Of(ratios.Select(static r => r!.Value)) : null;
    }
}
