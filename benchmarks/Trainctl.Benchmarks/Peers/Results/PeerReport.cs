namespace Trainctl.Benchmarks.Peers.Results;

/// <summary>Everything that a comparison found.</summary>
/// <param name="Facts">Of the machine, the server and the programs: name and value, in the order to print.</param>
/// <param name="Warnings">What makes it worth less: no s5cmd, no native tool, other work on the machine.</param>
/// <param name="Peers">Programs that were compared with, s5cmd first.</param>
/// <param name="Rows">In the order in which they ran.</param>
internal sealed record PeerReport(
    IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<string> Warnings, IReadOnlyList<string> Peers, IReadOnlyList<RowResult> Rows)
{
    public const string Ours = "trainctl";
    public const string Engine = "engine";
    public const string S5cmd = "s5cmd";
    public const string Bare = "bare client";

    /// <summary>Of the machine.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;
}
