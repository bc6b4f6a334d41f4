using System.Diagnostics;
using System.Globalization;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Benchmarks.Scale;

/// <summary>Measures one scenario with one number of objects, in a process of its own, and prints one row of the table.</summary>
internal static class ScaleMeasurement
{
    private const int WarmUpObjects = 1_000;
    private const int TimedRuns = 3;
    private const int LooksAtLive = 10;
    private const int LooksAtWorkingSet = 100;

    public static async Task RunAsync(string name, int count)
    {
        var scenario = Scenario.All.Single(s => s.Name == name);
        var memory = new LiveMemory();
        await WarmUpAsync(scenario, memory);
        var engine = await EngineAsync(scenario, count, memory);
        var liveStart = LiveMemory.Managed();
        var workingSetStart = LiveMemory.WorkingSet();
        var (time, allocated) = await TimeAsync(scenario, engine);

        memory.Watch(LiveMemory.WorkingSet, workingSetStart, Math.Max(1, count / LooksAtWorkingSet));
        await WatchedAsync(scenario, engine, memory);
        var workingSet = memory.Growth;

        memory.Watch(LiveMemory.Managed, liveStart, Math.Max(1, count / LooksAtLive));
        var rows = await WatchedAsync(scenario, engine, memory);

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario.Text} | {count:#,0} | {time.TotalMilliseconds:#,0} | {allocated / (double)count:#,0} | {memory.Growth / 1024.0:#,0} | "
            + $"{memory.Growth / (double)count:#,0.0} | {memory.Last / (double)count:#,0.0} | {workingSet / 1024.0 / 1024.0:#,0.0} | {rows:#,0} |"));
    }

    private static async Task WarmUpAsync(Scenario scenario, LiveMemory memory) =>
        await TimeAsync(scenario, await EngineAsync(scenario, WarmUpObjects, memory));

    /// <summary>Runs once, looks at memory last of all with the report in hand, and answers the report's rows.</summary>
    /// <remarks>Each phase has a method of its own: a frame that has not been optimised keeps what it is done with.</remarks>
    private static async Task<long> WatchedAsync(Scenario scenario, TrainctlEngine engine, LiveMemory memory)
    {
        var report = await scenario.Run(engine);
        memory.Look();
        memory.Rest();
        return Rows(report);
    }

    /// <summary>The median time, and the bytes that one run allocated.</summary>
    private static async Task<(TimeSpan Time, long Allocated)> TimeAsync(Scenario scenario, TrainctlEngine engine)
    {
        var times = new TimeSpan[TimedRuns];
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < TimedRuns; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await scenario.Run(engine);
            times[i] = Stopwatch.GetElapsedTime(start);
        }

        Array.Sort(times);
        return (times[TimedRuns / 2], (GC.GetTotalAllocatedBytes(precise: true) - allocated) / TimedRuns);
    }

    private static async Task<TrainctlEngine> EngineAsync(Scenario scenario, int count, LiveMemory memory)
    {
        var source = await scenario.Source(Scenario.From, count);
        var destination = await scenario.Destination(Scenario.To, count);
        // A memory store sorts itself when it is first listed, and what that takes is its own.
        await foreach (var _ in source.ListAsync(new ListRequest()))
            break;
        await foreach (var _ in destination.ListAsync(new ListRequest()))
            break;
        return new TrainctlEngine(new EngineHost
        {
            WorkingDirectory = "/",
            Environment = static _ => null,
            OpenStore = (url, _, _) => new ObservedStore(url == Scenario.From ? source : destination, memory.Step),
        });
    }

    private static long Rows(Report report) => report switch
    {
        ListReport list => list.Entries.Count,
        PruneReport prune => prune.Units.Count + prune.Objects.Count,
        _ => report.Objects.Count,
    };
}
