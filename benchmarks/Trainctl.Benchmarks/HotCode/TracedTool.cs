using System.Runtime.Versioning;
using Trainctl.Benchmarks.Peers;
using Trainctl.Benchmarks.Peers.Programs;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.HotCode;

/// <summary>The tool, watched while it does a job.</summary>
/// <param name="path">The tool.</param>
/// <param name="server">Where the store is.</param>
/// <param name="entered">Told which methods it enters.</param>
[SupportedOSPlatform("linux")]
internal sealed class TracedTool(string path, BenchServer server, EnteredMethods entered) : TrainctlProgram(path, server)
{
    protected override Measurement Run(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, string output)
    {
        entered.Add(TracedProcess.Run(entered.Symbols, arguments, environment, output));
        return new Measurement(0, 0, null);
    }
}
