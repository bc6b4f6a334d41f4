using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Trainctl.Benchmarks.Peers.Programs;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers;

/// <summary>Runs every row with every program in turns, whole processes on one server, and writes a table and a chart.</summary>
internal static partial class PeerRun
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            await Console.Error.WriteLineAsync("Peers are compared on 64-bit Linux only: what a process takes is asked of its kernel.");
            return 2;
        }

        try
        {
            return await RunAsync(PeerOptions.Parse(arguments));
        }
        catch (Exception exception) when (exception is FormatException or PeerException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    [SupportedOSPlatform("linux")]
    private static async Task<int> RunAsync(PeerOptions options)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static _ => MeteredProcess.Kill());
        var facts = new PeerFacts(options);
        var folder = Directory.CreateDirectory(Path.Join(options.Folder, $"trainctl-bench-{Environment.ProcessId}")).FullName;
        MeteredProcess.Check(folder);
        using var server = BenchServer.Start(options.Server, options.IsEncrypted, options.IsCrcStore, roundTrip: options.RoundTrip);
        var scene = new PeerScene(server, folder);
        try
        {
            var (contenders, missing) = ContenderSearch.Find(options, server, folder);
            var warnings = facts.Warnings(missing);
            foreach (var warning in warnings)
                await Console.Error.WriteLineAsync("WARNING: " + warning);
            var rows = new List<RowResult>();
            foreach (var row in PeerRow.All.Where(r => options.Rows.Contains(r.Name)))
                rows.Add(await RunAsync(row.Scaled(options.Scale), contenders, server, scene, options, folder));
            string[] peers = [PeerReport.S5cmd, .. contenders.Select(static c => c.Name).Except([PeerReport.Ours, PeerReport.Engine, PeerReport.S5cmd, PeerReport.Bare])];
            await WriteAsync(new PeerReport(facts.All(server, contenders), warnings, peers, rows), options.Output);
            return rows.Any(static r => r.Failures.ContainsKey(PeerReport.Ours)) ? 1 : 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            if (server.IsGiven)
                await scene.Bucket.RemoveAsync();
        }
    }

    private static async Task<RowResult> RunAsync(
        PeerRow row, IReadOnlyList<IContender> contenders, BenchServer server, PeerScene scene, PeerOptions options, string folder)
    {
        var result = new RowResult(row.Text, row.WallGoal, row.MemoryGoal, row.Files.Count);
        if (row.Obstacle(options.IsCrcStore) is { } obstacle)
            return result with { NotRun = obstacle };
        contenders = [.. contenders.Where(c => c.CanDo(row.Verb))];
        var runs = contenders.ToDictionary(static c => c.Name, static _ => new List<Measurement>());
        var failures = new Dictionary<string, string>();
        for (var round = 0; round <= options.Pairs; round++)
        {
            // Before a pair and never within one.
            server.MakeRoom(PeerScene.BytesToStore(row) * contenders.Count);
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                var contender = contenders[(round + turn) % contenders.Count];
                if (failures.ContainsKey(contender.Name))
                    continue;
                try
                {
                    var measured = await RunAsync(row, contender, scene, Path.Join(folder, contender.Name), round == 0);
                    if (round > 0)
                        runs[contender.Name].Add(measured);
                }
                catch (PeerException exception)
                {
                    failures.Add(contender.Name, exception.Message);
                    runs.Remove(contender.Name);
                    await Console.Error.WriteLineAsync($"FAILED: {contender.Name}, {row.Text}: {exception.Message}");
                }
            }
        }

        result = result with { Runs = runs.ToDictionary(static r => r.Key, static r => (IReadOnlyList<Measurement>)r.Value), Failures = failures };
        var times = result.Runs.Keys.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {result.Median(name, static m => m.Seconds):0.000} s"));
        await Console.Error.WriteLineAsync($"{row.Text}: {string.Join(", ", times)}");
        return result;
    }

    private static async Task<Measurement> RunAsync(PeerRow row, IContender contender, PeerScene scene, string output, bool isFirst)
    {
        var job = await scene.PrepareAsync(row, contender, output);
        // What was written before must not be written to the disk at somebody else's cost.
        Sync();
        // A file and the store's copy of it.
        WarmMemory.Touch(2 * row.Files.TotalBytes);
        var measured = await contender.RunAsync(job, output);
        if (row.Verb == PeerVerb.Download)
        {
            var begin = Stopwatch.GetTimestamp();
            Sync();
            measured = measured with { FlushSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds };
        }

        await scene.CheckAsync(row, job, output, isThorough: isFirst);
        return measured;
    }

    private static async Task WriteAsync(PeerReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        var table = PeerTable.Of(report);
        await File.WriteAllTextAsync(Path.Join(folder, "peers.md"), table);
        await File.WriteAllTextAsync(Path.Join(folder, "peers.svg"), PeerChart.Of(report));
        Console.WriteLine(table);
        await Console.Error.WriteLineAsync($"Written: {Path.Join(folder, "peers.md")}, {Path.Join(folder, "peers.svg")}");
    }

    [LibraryImport("libc", EntryPoint = "sync")]
    private static partial void Sync();
}
