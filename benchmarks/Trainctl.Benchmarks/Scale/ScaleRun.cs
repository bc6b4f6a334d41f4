using System.Diagnostics;
using System.Globalization;

namespace Trainctl.Benchmarks.Scale;

/// <summary>Runs every scenario with every number of objects, each in a fresh process, and prints a Markdown table.</summary>
internal static class ScaleRun
{
    public const string ChildCommand = "scale-one";

    private static readonly int[] DefaultCounts = [10_000, 100_000, 1_000_000];

    public static int Run(int[] counts)
    {
        Console.WriteLine("| operation | objects | ms | allocated, bytes for each object | live growth, KiB | live growth, bytes for each object | working set growth, MiB | report rows |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        var failed = 0;
        foreach (var scenario in Scenario.All)
        {
            foreach (var count in (counts.Length > 0 ? counts : DefaultCounts).Where(c => c <= scenario.MaxObjects))
                failed += Child(scenario.Name, count) == 0 ? 0 : 1;
        }

        return failed == 0 ? 0 : 1;
    }

    private static int Child(string scenario, int count)
    {
        var arguments = new[] { typeof(ScaleRun).Assembly.Location, ChildCommand, scenario, count.ToString(CultureInfo.InvariantCulture) };
        using var child = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
        child.WaitForExit();
        return child.ExitCode;
    }
}
