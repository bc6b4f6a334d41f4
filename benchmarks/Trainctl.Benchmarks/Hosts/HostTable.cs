using System.Globalization;
using System.Text;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>One process of a host.</summary>
/// <param name="First">Seconds of its first operation.</param>
/// <param name="Steady">Seconds of its last ones, a quarter of all; their median.</param>
internal sealed record HostTimes(double First, double Steady);

/// <summary>What a row took, by the name of the host, in the order of the rounds; the tool is one of them.</summary>
internal sealed record HostResult(string Text, IReadOnlyDictionary<string, IReadOnlyList<HostTimes>> Runs)
{
    /// <summary>The median of each round's ratio to the tool beside it.</summary>
    public double? Ratio(string host, Func<HostTimes, double> value) =>
        Medians.Of(Runs[host].Zip(Runs[PeerReport.Ours], (their, our) => value(their) / our.Steady));
}

/// <summary>A comparison of hosts as Markdown. Pure.</summary>
internal static class HostTable
{
    /// <summary>What the ratio of a steady operation to the tool's must not exceed.</summary>
    public const double Goal = 1.15;

    public static string Of(IReadOnlyList<HostResult> results, IReadOnlyList<string> hosts, IReadOnlyList<(string Name, string Value)> facts)
    {
        var text = new StringBuilder("Time of one operation, as a ratio to the tool's own; medians. The last quarter in a process, and in brackets the first:\n\n| work | trainctl, s |");
        foreach (var host in hosts)
            text.Append(CultureInfo.InvariantCulture, $" {host} |");
        text.Append("\n|---|").Insert(text.Length, "---:|", hosts.Count + 1).Append('\n');
        foreach (var result in results)
        {
            var tool = Medians.Of(result.Runs[PeerReport.Ours].Select(static r => r.Steady));
            text.Append(CultureInfo.InvariantCulture, $"| {result.Text} | {Number(tool, "0.000")} |");
            foreach (var host in hosts)
                text.Append(CultureInfo.InvariantCulture, $" {Judged(result.Ratio(host, static t => t.Steady))} ({Number(result.Ratio(host, static t => t.First), "0.00")}) |");
            text.Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"\nBold is above {Goal}.\n\n| measured with | |\n|---|---|\n");
        foreach (var (name, value) in facts)
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
        return text.ToString();
    }

    private static string Judged(double? ratio) => ratio > Goal ? $"**{Number(ratio, "0.00")}**" : Number(ratio, "0.00");

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
