using System.Diagnostics;
using Trainctl.Benchmarks.Peers.Results;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Benchmarks.Peers.Programs;

/// <summary>The engine in this process, as a build's host calls it.</summary>
internal sealed class EngineContender(BenchServer server) : IContender
{
    public string Name => PeerReport.Engine;

    public string Version { get; } = $"{System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, compiled as it runs";

    public async Task<Measurement> RunAsync(PeerJob job, string output)
    {
        var engine = new TrainctlEngine(server.Host);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        var report = await DoAsync(engine, server.Store, job);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        process.Refresh();
        if (report.ExitCode != 0)
            throw new PeerException($"the engine ended with exit code {report.ExitCode}: {report.Objects.FirstOrDefault(static o => o.Error is not null)?.Error}");
        if (report is ListReport list)
            await File.WriteAllLinesAsync(output + ".out", list.Entries.Select(static e => e.Key));
        return new Measurement(seconds, (process.TotalProcessorTime - cpu).TotalSeconds, null, allocated);
    }

    private static async Task<Report> DoAsync(TrainctlEngine engine, StoreSettings store, PeerJob job)
    {
        var local = ObjectUrl.Parse(job.FilePath);
        var remote = ObjectUrl.Parse(job.Url + job.File);
        var isFolder = job.File is null;
        return job.Verb switch
        {
            PeerVerb.Upload => await engine.CopyAsync(new CopySettings { Source = local, Destination = remote, Recursive = isFolder, Store = store }),
            PeerVerb.Download => await engine.CopyAsync(new CopySettings { Source = remote, Destination = local, Recursive = isFolder, Store = store }),
            PeerVerb.List => await engine.ListAsync(new ListSettings { Location = remote, Recursive = true, Store = store }),
            _ => await engine.SyncAsync(new SyncSettings { Source = local, Destination = remote, Delete = job.Verb == PeerVerb.Delete, Store = store }),
        };
    }
}
