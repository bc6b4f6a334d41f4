using System.Diagnostics;
using System.Globalization;

namespace Trainctl.Benchmarks.Scale;

/// <summary>Runs every scenario with every number of objects, each in a fresh process, prints a Markdown table, and fails when something grows that must not.</summary>
internal static class ScaleRun
{
    public const string ChildCommand = "scale-one";

    public static int Run(int[] counts)
    {
        Console.WriteLine("| operation | objects | ms | allocated, bytes for each object | live growth, KiB | live growth, bytes for each object | the same in the end | working set growth, MiB | report rows |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        var problems = new List<string>();
        foreach (var scenario in Scenario.All)
        {
            var rows = new List<ScaleRow>();
            foreach (var count in (counts.Length > 0 ? counts : scenario.Counts).Where(c => c <= scenario.MaxObjects))
            {
                if (Child(scenario.Name, count) is not { } row)
                    return 1;
                Console.WriteLine(row.Text);
                rows.Add(row);
            }

            problems.AddRange(ScaleRow.Problems(scenario.Text, rows));
        }

        Console.WriteLine();
        foreach (var problem in problems)
            Console.WriteLine($"- **{problem}**");
        if (problems.Count == 0)
            Console.WriteLine("Memory is flat where no rows are asked for and grows with the rows where they are; time is linear.");
        return problems.Count == 0 ? 0 : 1;
    }

    private static ScaleRow? Child(string scenario, int count)
    {
        var arguments = new[] { typeof(ScaleRun).Assembly.Location, ChildCommand, scenario, count.ToString(CultureInfo.InvariantCulture) };
        using var child = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var text = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        return child.ExitCode == 0 ? ScaleRow.Parse(text) : null;
    }
}
