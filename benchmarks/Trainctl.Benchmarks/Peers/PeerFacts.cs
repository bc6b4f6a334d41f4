using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Trainctl.Benchmarks.Peers.Programs;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers;

/// <summary>What a reader must know to judge the numbers.</summary>
internal sealed class PeerFacts(PeerOptions options)
{
    private const double Gibi = 1024 * 1024 * 1024;

    private readonly string _loadAtStart = Load();

    /// <summary>Whether the tool is native code: the portable one has its assembly beside it.</summary>
    public bool IsNative { get; } = !File.Exists(Path.ChangeExtension(options.Tool, null) + ".Cli.dll") && !File.Exists(options.Tool + ".dll");

    public List<string> Warnings(IReadOnlyList<string> missing)
    {
        var warnings = new List<string>();
        if (missing.Contains(PeerReport.S5cmd))
            warnings.Add("s5cmd is not on PATH: nothing is compared with it, and no goal is judged.");
        if (missing.Where(static m => m != PeerReport.S5cmd).ToArray() is { Length: > 0 } others)
            warnings.Add($"Not on PATH, so not compared with: {string.Join(", ", others)}.");
        if (!IsNative)
            warnings.Add("trainctl is not native code here: it starts slowly and needs more memory than the tool that people install.");
        if (options.Scale < 1)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Scaled down to {options.Scale}: not the work that the goals are about."));
        if (options.RoundTrip > TimeSpan.Zero)
            warnings.Add("The store is far away here; the goals are about a near one.");
        if (double.Parse(_loadAtStart.Split(' ')[0], CultureInfo.InvariantCulture) > Environment.ProcessorCount / 2.0)
            warnings.Add("Something else kept the machine busy at the start: ratios may hold, times do not.");
        return warnings;
    }

    public IReadOnlyList<(string Name, string Value)> All(BenchServer server, IEnumerable<IContender> contenders) =>
    [
        ("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("processor", $"{Processor()}, {Environment.ProcessorCount} cores"),
        ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gibi:0.0} GiB")),
        ("system", $"{RuntimeInformation.OSDescription}, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}"),
        ("server", server.Description + ServerVersion(server)),
        .. options.RoundTrip > TimeSpan.Zero ? [("round trip", string.Create(CultureInfo.InvariantCulture, $"{options.RoundTrip.TotalMilliseconds:0} ms more than it is"))] : Array.Empty<(string, string)>(),
        ("load average", $"{_loadAtStart} at the start, {Load()} in the end"),
        .. contenders.Select(c => (c.Name, c.Name == PeerReport.Ours ? $"{c.Version}, {(IsNative ? "native code" : "portable")}" : c.Version)),
        ("pairs", string.Create(CultureInfo.InvariantCulture, $"{options.Pairs}, after one that does not count; who goes first alternates")),
    ];

    /// <summary>What it says of itself; Ceph says nothing, and the one that was started is the one that is installed.</summary>
    private static string ServerVersion(BenchServer server)
    {
        if (!server.IsGiven && server.Description.StartsWith("Ceph", StringComparison.Ordinal))
        {
            using var process = Process.Start(new ProcessStartInfo("radosgw", "--version") { RedirectStandardOutput = true })!;
            return ", " + process.StandardOutput.ReadToEnd().Split(" (")[0] + ", objects in memory, on the same machine";
        }

        using var client = server.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url);
        using var answer = client.Send(request);
        return answer.Headers.TryGetValues("Server", out var names) ? ", " + string.Join(' ', names) : "";
    }

    private static string Processor() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
        ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
}
