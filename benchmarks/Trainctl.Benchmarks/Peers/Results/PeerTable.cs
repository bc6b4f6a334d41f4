using System.Globalization;
using System.Text;

namespace Trainctl.Benchmarks.Peers.Results;

/// <summary>A comparison as Markdown. Pure.</summary>
internal static class PeerTable
{
    private const double Mebi = 1024 * 1024;
    private const string Missing = "-";

    public static string Of(PeerReport report)
    {
        var text = new StringBuilder();
        foreach (var warning in report.Warnings)
            text.Append("> **").Append(warning).Append("**\n\n");
        foreach (var peer in report.Peers)
            Compare(text, report, peer);
        OnDisk(text, report);
        Absolute(text, report);
        Processors(text, report);
        BareClient(text, report);
        InProcess(text, report);
        Failures(text, report);
        text.Append("| measured with | |\n|---|---|\n");
        foreach (var (name, value) in report.Facts)
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
        return text.ToString();
    }

    private static void Compare(StringBuilder text, PeerReport report, string peer)
    {
        var hasGoals = peer == PeerReport.S5cmd;
        text.Append(CultureInfo.InvariantCulture, $"Ratios of {PeerReport.Ours} to {peer}, medians of pairs; below 1 is faster or smaller:\n\n| work | wall | CPU | peak memory |");
        text.Append(hasGoals ? " goal: wall | goal: memory | |\n|---|---:|---:|---:|---:|---:|---|\n" : "\n|---|---:|---:|---:|\n");
        foreach (var row in report.Rows)
        {
            var wall = row.Ratio(PeerReport.Ours, peer, static m => m.Seconds);
            var memory = row.Ratio(PeerReport.Ours, peer, static m => m.PeakBytes);
            var cpu = row.Ratio(PeerReport.Ours, peer, static m => m.CpuSeconds);
            text.Append(CultureInfo.InvariantCulture, $"| {row.Text} | {Number(wall)} | {Number(cpu)} | {Number(memory)} |");
            if (hasGoals)
                text.Append(CultureInfo.InvariantCulture, $" {Number(row.WallGoal)} | {Number(row.MemoryGoal)} | {Judgement(row, wall, memory)} |");
            text.Append('\n');
        }

        text.Append('\n');
    }

    /// <summary>The tool waits until files are on the disk; who does not leaves that to the system, and a loss of power to luck.</summary>
    private static void OnDisk(StringBuilder text, PeerReport report)
    {
        var rows = report.Rows.Where(static r => r.Median(PeerReport.Ours, static m => m.FlushSeconds) is not null).ToArray();
        if (rows.Length == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $"The same until all files are on the disk, for which {PeerReport.Ours} waits and the others do not:\n\n| work |");
        foreach (var peer in report.Peers)
            text.Append(CultureInfo.InvariantCulture, $" wall to {peer} |");
        text.Append("\n|---|").Insert(text.Length, "---:|", report.Peers.Count).Append('\n');
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Text} |");
            foreach (var peer in report.Peers)
                text.Append(CultureInfo.InvariantCulture, $" {Number(row.Ratio(PeerReport.Ours, peer, static m => m.Seconds + m.FlushSeconds))} |");
            text.Append('\n');
        }

        text.Append('\n');
    }

    /// <summary>Whether a row holds what it must.</summary>
    public static string Judgement(RowResult row, double? wall, double? memory)
    {
        if (row.NotRun is not null)
            return "not run: " + row.NotRun;
        if (wall is null || memory is null)
            return "**not compared**";
        var over = new List<string>();
        if (wall > row.WallGoal)
            over.Add("slower than the goal");
        if (memory > row.MemoryGoal)
            over.Add("more memory than the goal");
        return over.Count == 0 ? "holds" : $"**{string.Join(", ", over)}**";
    }

    private static void Absolute(StringBuilder text, PeerReport report)
    {
        string[] programs = [PeerReport.Ours, .. report.Peers];
        text.Append("Medians of whole processes: wall s / CPU s / peak MiB:\n\n| work |");
        foreach (var program in programs)
            text.Append(CultureInfo.InvariantCulture, $" {program} |");
        text.Append(" pairs |\n|---|").Insert(text.Length, "---:|", programs.Length + 1).Append('\n');
        foreach (var row in report.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Text} |");
            foreach (var program in programs)
            {
                text.Append(CultureInfo.InvariantCulture, $" {Number(row.Median(program, static m => m.Seconds), "0.000")} / ");
                text.Append(CultureInfo.InvariantCulture, $"{Number(row.Median(program, static m => m.CpuSeconds), "0.000")} / ");
                text.Append(CultureInfo.InvariantCulture, $"{Number(row.Median(program, static m => m.PeakBytes) / Mebi, "0.0")} |");
            }

            text.Append(CultureInfo.InvariantCulture, $" {row.Runs.GetValueOrDefault(PeerReport.Ours)?.Count ?? 0} |\n");
        }

        text.Append('\n');
    }

    /// <summary>Who had the processors. On a machine that is busy all the time a client can save no more than its own share.</summary>
    private static void Processors(StringBuilder text, PeerReport report)
    {
        var rows = report.Rows.Where(static r => r.Median(PeerReport.Ours, static m => m.OthersSeconds) is not null).ToArray();
        if (rows.Length == 0)
            return;
        text.Append("Who had the processors, in seconds: the program / all else, the server above all / nobody. *At best* is the wall ratio of a client that takes no processor time ");
        text.Append(CultureInfo.InvariantCulture, $"at all, where the rest of {PeerReport.Ours}'s run stays as it is:\n\n| work | {PeerReport.Ours} | {PeerReport.S5cmd} | at best |\n|---|---:|---:|---:|\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Text} | {Shares(row, PeerReport.Ours)} | {Shares(row, PeerReport.S5cmd)} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Number(row.Median(PeerReport.Ours, static m => m.OthersSeconds) / report.Processors / row.Median(PeerReport.S5cmd, static m => m.Seconds))} |\n");
        }

        text.Append('\n');
    }

    /// <summary>What is left to be saved: a goal below the bare client's ratio is one that no client reaches on that machine.</summary>
    private static void BareClient(StringBuilder text, PeerReport report)
    {
        var rows = report.Rows.Where(static r => r.Runs.ContainsKey(PeerReport.Bare)).ToArray();
        if (rows.Length == 0)
            return;
        text.Append("A client that moves bytes and does nothing else, which no other can be much faster than: wall s / CPU s, and wall ratios:\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| work | {PeerReport.Bare} | to {PeerReport.S5cmd} | {PeerReport.Ours} to {PeerReport.S5cmd} | goal: wall | {PeerReport.Ours} to the {PeerReport.Bare} |\n");
        text.Append("|---|---:|---:|---:|---:|---:|\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Text} | {Number(row.Median(PeerReport.Bare, static m => m.Seconds), "0.000")} / {Number(row.Median(PeerReport.Bare, static m => m.CpuSeconds), "0.000")} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Number(row.Ratio(PeerReport.Bare, PeerReport.S5cmd, static m => m.Seconds))} | {Number(row.Ratio(PeerReport.Ours, PeerReport.S5cmd, static m => m.Seconds))} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Number(row.WallGoal)} | {Number(row.Ratio(PeerReport.Ours, PeerReport.Bare, static m => m.Seconds))} |\n");
        }

        text.Append('\n');
    }

    private static string Shares(RowResult row, string program) => string.Join(
        " / ",
        Number(row.Median(program, static m => m.CpuSeconds)),
        Number(row.Median(program, static m => m.OthersSeconds)),
        Number(row.Median(program, static m => m.IdleSeconds)));

    /// <summary>How the engine does in a process that lives, as Cake's and MSBuild's do.</summary>
    private static void InProcess(StringBuilder text, PeerReport report)
    {
        text.Append("The engine in a process that lives, warmed up, as in Cake and MSBuild; the ratio is to the tool's whole process:\n\n");
        text.Append("| work | wall s | wall ratio | CPU s | allocated, bytes for each object |\n|---|---:|---:|---:|---:|\n");
        foreach (var row in report.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Text} | {Number(row.Median(PeerReport.Engine, static m => m.Seconds), "0.000")} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Number(row.Ratio(PeerReport.Engine, PeerReport.Ours, static m => m.Seconds))} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Number(row.Median(PeerReport.Engine, static m => m.CpuSeconds), "0.000")} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Number(row.Median(PeerReport.Engine, static m => m.AllocatedBytes) / row.Objects, "#,0")} |\n");
        }

        text.Append('\n');
    }

    private static void Failures(StringBuilder text, PeerReport report)
    {
        foreach (var row in report.Rows)
        {
            foreach (var (program, reason) in row.Failures.OrderBy(static f => f.Key, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"> **{program} failed at {row.Text}: {reason}**\n\n");
        }
    }

    private static string Number(double? value, string format = "0.00") => value?.ToString(format, CultureInfo.InvariantCulture) ?? Missing;
}
