namespace Trainctl.Benchmarks.Peers.Results;

/// <summary>One row of the table.</summary>
/// <param name="Text">What was done.</param>
/// <param name="WallGoal">What the wall ratio to s5cmd must not exceed.</param>
/// <param name="MemoryGoal">The same of the peak memory ratio.</param>
/// <param name="Objects">In one run, to share what it allocated out among.</param>
internal sealed record RowResult(string Text, double WallGoal, double MemoryGoal, int Objects)
{
    /// <summary>Why it did not run at all; null when it did.</summary>
    public string? NotRun { get; init; }

    /// <summary>The runs by program, in the order of the rounds. A program that failed is not among them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Measurement>> Runs { get; init; } = new Dictionary<string, IReadOnlyList<Measurement>>();

    /// <summary>Why a program is not among the runs, by program.</summary>
    public IReadOnlyDictionary<string, string> Failures { get; init; } = new Dictionary<string, string>();

    public double? Ratio(string ours, string theirs, Func<Measurement, double?> value) =>
        Runs.TryGetValue(ours, out var our) && Runs.TryGetValue(theirs, out var their) ? Medians.Ratio(our, their, value) : null;

    public double? Median(string program, Func<Measurement, double?> value)
    {
        if (!Runs.TryGetValue(program, out var runs) || runs.Any(r => value(r) is null))
            return null;
        return Medians.Of(runs.Select(r => value(r)!.Value));
    }
}
