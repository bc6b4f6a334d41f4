using System.Globalization;
using Trainctl.Benchmarks.Peers;
using Trainctl.Benchmarks.Peers.Programs;
using Trainctl.Benchmarks.Peers.Results;
using Trainctl.Benchmarks.Transfers;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>Runs every row in the tool, in Cake and in MSBuild, in turns on one server, and writes a table.</summary>
internal static class HostRun
{
    /// <summary>The share of a process's operations, from the last, that counts: the others run code that is still being compiled.</summary>
    private const int LastPart = 4;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            await Console.Error.WriteLineAsync("Hosts are compared on 64-bit Linux only, where packages bring native code.");
            return 2;
        }

        try
        {
            return await RunAsync(HostOptions.Parse(arguments));
        }
        catch (Exception exception) when (exception is FormatException or PeerException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    private static async Task<int> RunAsync(HostOptions options)
    {
        var facts = new PeerFacts(new PeerOptions { Tool = options.Tool, Scale = options.Scale, Pairs = options.Pairs });
        var folder = Directory.CreateDirectory(Path.Join(options.Folder, $"trainctl-bench-{Environment.ProcessId}")).FullName;
        using var server = BenchServer.Start(options.Server);
        var warmUp = Path.Join(folder, "warm-up");
        new Workload(200, 256 * 1024).Fill(warmUp);
        var bucket = new PeerBucket(server, warmUp);
        try
        {
            var cake = HostPackage.Find(options.Packages, "Trainctl.Cake");
            var msbuild = HostPackage.Find(options.Packages, "Trainctl.MSBuild");
            var unpacked = Path.Join(folder, "packages");
            IBuildHost[] hosts =
            [
                new ToolHost(options.Tool, server),
                new CakeHost(cake, isPortable: false, server), new MSBuildHost(msbuild, isPortable: false, server, unpacked),
                new CakeHost(cake, isPortable: true, server), new MSBuildHost(msbuild, isPortable: true, server, unpacked),
            ];
            var scene = new HostScene(bucket, folder, options.Operations);
            var results = new List<HostResult>();
            foreach (var row in HostRow.All.Where(r => options.Rows.Contains(r.Name)))
                results.Add(await RunAsync(row.Scaled(options.Scale), hosts, server, scene, options, folder));
            var table = HostTable.Of(results, [.. hosts.Skip(1).Select(static h => h.Name)], [.. facts.All(server, [new TrainctlProgram(options.Tool, server)]), ("operations in a process", $"{options.Operations}")]);
            Directory.CreateDirectory(options.Output);
            await File.WriteAllTextAsync(Path.Join(options.Output, "hosts.md"), table);
            Console.WriteLine(table);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            if (server.IsGiven)
                await bucket.RemoveAsync();
        }
    }

    private static async Task<HostResult> RunAsync(HostRow row, IBuildHost[] hosts, BenchServer server, HostScene scene, HostOptions options, string folder)
    {
        var runs = hosts.ToDictionary(static h => h.Name, static _ => new List<HostTimes>());
        for (var round = 0; round <= options.Pairs; round++)
        {
            // Before a round and never within one.
            server.MakeRoom(row.Verb == PeerVerb.Download ? 0 : row.Files.TotalBytes * options.Operations * hosts.Length);
            for (var turn = 0; turn < hosts.Length; turn++)
            {
                var host = hosts[(round + turn) % hosts.Length];
                var measured = await RunAsync(row, host, scene, Path.Join(folder, "host"), isFirst: round == 0);
                if (round > 0)
                    runs[host.Name].Add(measured);
            }
        }

        await Console.Error.WriteLineAsync($"{row.Text}: " + string.Join(", ", runs.Select(static r => string.Create(
            CultureInfo.InvariantCulture, $"{r.Key} {Medians.Of(r.Value.Select(static t => t.Steady)):0.000} s (first {Medians.Of(r.Value.Select(static t => t.First)):0.000} s)"))));
        return new HostResult(row.Text, runs.ToDictionary(static r => r.Key, static r => (IReadOnlyList<HostTimes>)r.Value));
    }

    private static async Task<HostTimes> RunAsync(HostRow row, IBuildHost host, HostScene scene, string folder, bool isFirst)
    {
        var jobs = await scene.PrepareAsync(row);
        Directory.CreateDirectory(folder);
        try
        {
            WarmMemory.Touch(row.Files.TotalBytes * jobs.Count);
            var seconds = host.Run(jobs, folder);
            if (seconds.Length != jobs.Count)
                throw new PeerException($"{host.Name} timed {seconds.Length} operations, not {jobs.Count}");
            await scene.CheckAsync(row, isThorough: isFirst);
            return new HostTimes(seconds[0], Medians.Of(seconds[^Math.Max(1, seconds.Length / LastPart)..])!.Value);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
