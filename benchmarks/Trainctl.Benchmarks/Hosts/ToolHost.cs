using System.Globalization;
using System.Text.Json;
using Trainctl.Benchmarks.Peers;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>The command line: a process for each job, and the time that its report tells.</summary>
internal sealed class ToolHost(string path, BenchServer server) : IBuildHost
{
    public string Name => PeerReport.Ours;

    public double[] Run(IReadOnlyList<HostJob> jobs, string folder) => [.. jobs.Select(job => Run(job, Path.Join(folder, "tool")))];

    private double Run(HostJob job, string output)
    {
        MeteredProcess.Run([path, "s3", "sync", job.Source, job.Destination, "--json"], server.Environment, output);
        using var report = JsonDocument.Parse(File.ReadAllText(output + ".out"));
        return TimeSpan.Parse(report.RootElement.GetProperty("duration").GetString()!, CultureInfo.InvariantCulture).TotalSeconds;
    }
}
