using System.Diagnostics;
using System.Globalization;
using Trainctl.Benchmarks.Peers;

namespace Trainctl.Benchmarks.Soak;

/// <summary>
/// Has the engine do the same again and again in one process, as a build that watches or a service would, and fails when memory, handles or threads grow.
/// </summary>
internal static class SoakRun
{
    public const string Usage = "soak [--minutes=2] [--server=DLL]";

    private const int FewestSamples = 20;
    private const string Descriptors = "/proc/self/fd";

    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var (duration, program) = Parse(arguments);
            using var server = BenchServer.Start(program);
            return await RunAsync(server, duration);
        }
        catch (Exception exception) when (exception is FormatException or PeerException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    private static async Task<int> RunAsync(BenchServer server, TimeSpan duration)
    {
        var folder = Directory.CreateTempSubdirectory("trainctl-soak-").FullName;
        var work = new SoakWork(server, folder);
        var samples = new List<SoakSample>();
        try
        {
            await work.StartAsync();
            var start = Stopwatch.GetTimestamp();
            while (samples.Count < FewestSamples || Stopwatch.GetElapsedTime(start) < duration)
            {
                await work.RoundAsync();
                samples.Add(Look(Stopwatch.GetElapsedTime(start)));
            }

            await work.CheckAsync();
        }
        finally
        {
            if (server.IsGiven)
                await work.RemoveAsync();
            Directory.Delete(folder, recursive: true);
        }

        return Report(samples, server, work);
    }

    private static int Report(List<SoakSample> samples, BenchServer server, SoakWork work)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{samples.Count:#,0} rounds in {samples[^1].Seconds:#,0} s on {server.Description}: {work.Objects:#,0} objects and {work.Checkpoints:#,0} checkpoints moved, {work.Pruned:#,0} pruned\n"));
        Console.WriteLine("| medians | first quarter | second | third | last | growth | allowed | |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---|");
        foreach (var measure in SoakMeasure.All)
        {
            var quarters = Enumerable.Range(0, 4).Select(q => measure.Quarter(samples, q).ToString("0.0", CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {measure.Name} | {string.Join(" | ", quarters)} | {measure.Growth(samples):0.0} | {measure.Allowed:0} | {(measure.Grows(samples) ? "**grows**" : "holds")} |"));
        }

        return SoakMeasure.All.Any(m => m.Grows(samples)) ? 1 : 0;
    }

    private static SoakSample Look(TimeSpan elapsed)
    {
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        var handles = Directory.Exists(Descriptors) ? Directory.GetFileSystemEntries(Descriptors).Length : process.HandleCount;
        return new SoakSample(elapsed.TotalSeconds, Environment.WorkingSet, managed, handles, process.Threads.Count);
    }

    private static (TimeSpan Duration, string? Program) Parse(string[] arguments)
    {
        var (minutes, program) = (2.0, (string?)null);
        foreach (var argument in arguments)
        {
            if (argument.StartsWith("--server=", StringComparison.Ordinal))
                program = Path.GetFullPath(argument["--server=".Length..]);
            else if (!argument.StartsWith("--minutes=", StringComparison.Ordinal)
                || !double.TryParse(argument["--minutes=".Length..], CultureInfo.InvariantCulture, out minutes) || minutes is not (> 0 and < 24 * 60))
                throw new FormatException($"'{argument}' makes no sense. Usage: {Usage}");
        }

        return (TimeSpan.FromMinutes(minutes), program);
    }
}
