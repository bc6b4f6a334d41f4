using System.Runtime.Versioning;
using Trainctl.Benchmarks.Peers;
using Trainctl.Benchmarks.Peers.Programs;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.HotCode;

/// <summary>The tool, watched while it does a job.</summary>
/// <param name="path">The tool.</param>
/// <param name="server">Where the store is.</param>
/// <param name="symbols">Its methods.</param>
[SupportedOSPlatform("linux")]
internal sealed class TracedTool(string path, BenchServer server, MethodSymbols symbols) : TrainctlProgram(path, server)
{
    private readonly HashSet<ulong> _seen = [];

    /// <summary>How many methods were entered so far.</summary>
    public int Count => _seen.Count;

    /// <summary>
    /// Their names: those of each run that no earlier one has entered, in alphabetical order, for threads do not enter them in the same order twice.
    /// </summary>
    public List<string> Names { get; } = [];

    protected override Measurement Run(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, string output)
    {
        var entered = TracedProcess.Run(symbols, arguments, environment, output).Where(_seen.Add);
        Names.AddRange(entered.SelectMany(symbols.NamesAt).Order(StringComparer.Ordinal));
        return new Measurement(0, 0, null);
    }
}
