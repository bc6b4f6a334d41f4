namespace Trainctl.Benchmarks.Peers.Results;

/// <summary>What one run took.</summary>
/// <param name="Seconds">From start to end, as a clock on the wall shows it.</param>
/// <param name="CpuSeconds">Of all its threads and the programs that it ran, in the kernel too.</param>
/// <param name="PeakBytes">The most physical memory at once; null where it was not a process of its own.</param>
/// <param name="AllocatedBytes">Managed memory, garbage included; null where nobody can tell.</param>
internal sealed record Measurement(double Seconds, double CpuSeconds, long? PeakBytes, long? AllocatedBytes = null)
{
    /// <summary>How long the system took afterwards to bring to the disk what was still on its way there; null where nothing was written to one.</summary>
    public double? FlushSeconds { get; init; }

    /// <summary>Processor time of everything else meanwhile, the server above all; null where it was not looked at.</summary>
    public double? OthersSeconds { get; init; }

    /// <summary>Processor time that nobody took meanwhile; null where it was not looked at.</summary>
    public double? IdleSeconds { get; init; }
}
