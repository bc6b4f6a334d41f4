using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Soak;

/// <summary>What a process has at one moment.</summary>
/// <param name="Seconds">Since the start.</param>
/// <param name="WorkingSetBytes">Physical memory.</param>
/// <param name="ManagedBytes">Objects that something refers to: garbage is collected first.</param>
/// <param name="Handles">Open files, sockets and the like.</param>
/// <param name="Threads">Of the operating system.</param>
internal sealed record SoakSample(double Seconds, double WorkingSetBytes, double ManagedBytes, double Handles, double Threads);

/// <summary>One of the things that must not grow.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Value">Takes it from a sample.</param>
/// <param name="Allowed">What it may grow from the second quarter to the last, in the same units: less is noise. A pooled buffer for a part has 16 MiB.</param>
internal sealed record SoakMeasure(string Name, Func<SoakSample, double> Value, double Allowed)
{
    private const double Mebi = 1024 * 1024;

    public static readonly SoakMeasure[] All =
    [
        new("working set, MiB", static s => s.WorkingSetBytes / Mebi, 32),
        new("managed heap, MiB", static s => s.ManagedBytes / Mebi, 16),
        new("handles", static s => s.Handles, 8),
        new("threads", static s => s.Threads, 8),
    ];

    /// <summary>The median of the samples of one quarter of a run, from 0 to 3.</summary>
    public double Quarter(IReadOnlyList<SoakSample> samples, int quarter)
    {
        var (first, end) = (samples.Count * quarter / 4, samples.Count * (quarter + 1) / 4);
        return Medians.Of(samples.Take(first..end).Select(Value)) ?? throw new ArgumentException($"{samples.Count} samples are too few.");
    }

    /// <summary>
    /// From the second quarter to the last. In the first everything is compiled, pools are filled and connections opened.
    /// </summary>
    public double Growth(IReadOnlyList<SoakSample> samples) => Quarter(samples, 3) - Quarter(samples, 1);

    public bool Grows(IReadOnlyList<SoakSample> samples) => Growth(samples) > Allowed;
}
