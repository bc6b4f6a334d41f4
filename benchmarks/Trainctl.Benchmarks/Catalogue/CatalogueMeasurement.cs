using System.Diagnostics;
using System.Globalization;
using Trainctl.Benchmarks.Scale;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Catalogue;

/// <summary>Catalogues a prefix and plans a prune of it, in a process of its own, and prints one row of the table.</summary>
internal static class CatalogueMeasurement
{
    public const string Header =
        "| scenario | objects | checkpoints | list requests | small reads (GET) | HEAD | other requests | most reads at once | bytes read | ms "
        + "| allocated, bytes for each object | live growth, KiB | live growth, bytes for each object | working set growth, MiB |\n"
        + "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

    private const int LooksAtLive = 10;
    private const int LooksAtWorkingSet = 100;
    private const int KeepLast = 3;

    public static async Task RunAsync(string scenario, string location)
    {
        var memory = new LiveMemory();
        var meter = RequestMeter.Install(memory.Step);
        var engine = new TrainctlEngine(ThisProcess.Host);
        var url = ObjectUrl.Parse(location);
        await PlanAsync(engine, url.Append(CatalogueFill.RunOf(0)));
        var requestsExpected = meter.Total;

        meter.Reset();
        // A new frame: this one still refers to the report of the warm-up.
        await Task.Yield();
        var liveStart = LiveMemory.Managed();
        memory.Watch(LiveMemory.WorkingSet, LiveMemory.WorkingSet(), Math.Max(1, requestsExpected / LooksAtWorkingSet));
        var allocatedStart = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        var (checkpoints, objects) = await PlanAsync(engine, url);
        var time = Stopwatch.GetElapsedTime(start);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedStart;
        memory.Look();
        memory.Rest();
        var workingSet = memory.Growth;
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario} | {objects:#,0} | {checkpoints:#,0} | {meter.Lists:#,0} | {meter.Gets:#,0} | {meter.Heads:#,0} | {meter.Others:#,0} | {meter.MostGetsAtOnce} "
            + $"| {meter.BytesRead:#,0} | {time.TotalMilliseconds:#,0} | {allocated / (double)objects:#,0} ");

        memory.Watch(LiveMemory.Managed, liveStart, Math.Max(1, meter.Total / LooksAtLive));
        await WatchedAsync(engine, url, memory);
        Console.WriteLine(row + string.Create(
            CultureInfo.InvariantCulture,
            $"| {memory.Growth / 1024.0:#,0} | {memory.Growth / (double)objects:#,0} | {workingSet / 1024.0 / 1024.0:#,0.0} |"));
    }

    /// <summary>Looks last of all with the report in hand.</summary>
    private static async Task WatchedAsync(TrainctlEngine engine, ObjectUrl url, LiveMemory memory)
    {
        var report = await engine.PruneCheckpointsAsync(SettingsFor(url));
        memory.Look();
        memory.Rest();
        GC.KeepAlive(report);
    }

    /// <summary>How many checkpoints and objects were seen. All must have been whole: what is broken costs less.</summary>
    private static async Task<(int Checkpoints, int Objects)> PlanAsync(TrainctlEngine engine, ObjectUrl url)
    {
        var report = await engine.PruneCheckpointsAsync(SettingsFor(url));
        if (report.Units.FirstOrDefault(static u => u.Decision.Unit.StateReason is not null) is { } broken)
            throw new InvalidOperationException($"{broken.Decision.Unit.Path} is not complete: {broken.Decision.Unit.StateReason}.");
        return (report.Units.Count, report.Units.Sum(static u => u.Decision.Unit.ObjectCount));
    }

    private static PruneCheckpointsSettings SettingsFor(ObjectUrl url) => new() { Location = url, KeepLast = KeepLast, DryRun = true };
}
