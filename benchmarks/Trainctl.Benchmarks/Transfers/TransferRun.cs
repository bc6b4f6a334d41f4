using System.Diagnostics;
using System.Globalization;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Transfer;

namespace Trainctl.Benchmarks.Transfers;

/// <summary>
/// Compares the built-in backend, the s5cmd backend and s5cmd alone, in turns on the same server, and prints a Markdown table. The server and its
/// credentials come from the AWS variables, s5cmd from PATH.
/// </summary>
internal static class TransferRun
{
    private const int Rounds = 3;

    private static readonly string Bucket = $"trainctl-bench-{Environment.ProcessId}";

    public static async Task<int> RunAsync(string[] workloads)
    {
        var folder = Directory.CreateTempSubdirectory("trainctl-bench-").FullName;
        Plain($"mb s3://{Bucket}");
        try
        {
            await WarmUpAsync(folder);
            Console.WriteLine("| direction | files | s5cmd alone, s | built-in | s5cmd backend |");
            Console.WriteLine("|---|---|---:|---:|---:|");
            foreach (var workload in workloads.Length > 0 ? workloads.Select(Workload.Parse) : Workload.Default)
                await CompareAsync(workload, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            await EmptyAsync();
            Plain($"rb s3://{Bucket}");
        }

        return 0;
    }

    private static async Task WarmUpAsync(string folder)
    {
        var source = Path.Join(folder, "warm");
        new Workload(40, 64 * 1024).Fill(source);
        foreach (var backend in Enum.GetValues<TransferBackend>())
        {
            await CopyAsync(backend, source, $"s3://{Bucket}/warm/{backend}");
            await CopyAsync(backend, $"s3://{Bucket}/warm/{backend}", Path.Join(folder, $"warm-{backend}"));
        }
    }

    private static async Task CompareAsync(Workload workload, string folder)
    {
        var source = Path.Join(folder, "source");
        workload.Fill(source);
        var up = new Times();
        var down = new Times();
        for (var round = 0; round < Rounds; round++)
        {
            var remote = $"s3://{Bucket}/{round}";
            up.BuiltIn.Add(await TimeAsync(() => CopyAsync(TransferBackend.BuiltIn, source, remote + "/built-in")));
            up.Backend.Add(await TimeAsync(() => CopyAsync(TransferBackend.S5cmd, source, remote + "/backend")));
            up.Alone.Add(await TimeAsync(() => PlainAsync($"cp {source}/ {remote}/alone/")));
            down.BuiltIn.Add(await TimeAsync(() => CopyAsync(TransferBackend.BuiltIn, remote + "/built-in", Path.Join(folder, "a"))));
            down.Backend.Add(await TimeAsync(() => CopyAsync(TransferBackend.S5cmd, remote + "/built-in", Path.Join(folder, "b"))));
            down.Alone.Add(await TimeAsync(() => PlainAsync($"cp {remote}/built-in/* {folder}/c/")));
            foreach (var name in (string[])["a", "b", "c"])
                Directory.Delete(Path.Join(folder, name), recursive: true);
            await EmptyAsync();
        }

        Directory.Delete(source, recursive: true);
        Console.WriteLine(up.Row("up", workload.Text));
        Console.WriteLine(down.Row("down", workload.Text));
    }

    private static async Task CopyAsync(TransferBackend backend, string source, string destination)
    {
        var report = await new TrainctlEngine(Host).CopyAsync(new CopySettings
        {
            Source = source,
            Destination = destination,
            Recursive = true,
            Transfer = new TransferSettings { Backend = backend },
        });
        if (report.ExitCode != 0)
            throw new InvalidOperationException($"{backend}: {report.Objects.First(static o => o.Error is not null).Error}");
    }

    private static async Task EmptyAsync()
    {
        await using var store = Host.OpenStore(ObjectUrl.Parse($"s3://{Bucket}"), StoreSettings.Default, Host);
        await store.DeleteAsync(await store.ListAsync(new ListRequest()).Select(static found => new DeleteRequest(found.Key)).ToListAsync());
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Task PlainAsync(string arguments)
    {
        Plain(arguments);
        return Task.CompletedTask;
    }

    private static void Plain(string arguments)
    {
        var start = new ProcessStartInfo("s5cmd", "--log error " + arguments);
        start.Environment["S3_ENDPOINT_URL"] = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"s5cmd {arguments} ended with exit code {process.ExitCode}.");
    }

    private static EngineHost Host { get; } = new() { WorkingDirectory = "/", Environment = Environment.GetEnvironmentVariable };

    private sealed class Times
    {
        public List<double> Alone { get; } = [];

        public List<double> BuiltIn { get; } = [];

        public List<double> Backend { get; } = [];

        public string Row(string direction, string files)
        {
            var alone = Median(Alone);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {direction} | {files} | {alone:0.00} | {Median(BuiltIn) / alone:0.00} | {Median(Backend) / alone:0.00} |");
        }

        private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
    }
}
