using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using Trainctl.Benchmarks.Catalogue;
using Trainctl.Benchmarks.CommandLines;
using Trainctl.Benchmarks.HotCode;
using Trainctl.Benchmarks.Hosts;
using Trainctl.Benchmarks.Peers;
using Trainctl.Benchmarks.Scale;
using Trainctl.Benchmarks.Soak;
using Trainctl.Benchmarks.Transfers;

// "scale [COUNT...]" measures memory against the number of objects, "catalogue" a prune's requests to a real S3 server, "transfers [2000x16K...]" the
// backends against s5cmd, "commands" and "peers" whole processes against s5cmd, "hosts" the engine in Cake and MSBuild against the tool, "soak" whether anything grows, and
// "hot-code" writes down which methods of the native tool are used; anything else goes to BenchmarkDotNet.
switch (args)
{
    case ["scale", .. var counts]:
        return ScaleRun.Run([.. counts.Select(int.Parse)]);
    case [ScaleRun.ChildCommand, var scenario, var count]:
        await ScaleMeasurement.RunAsync(scenario, int.Parse(count));
        return 0;
    case ["catalogue", .. var rest]:
        return await CatalogueRun.RunAsync(rest);
    case [CatalogueRun.ChildCommand, var scenario, var location]:
        await CatalogueMeasurement.RunAsync(scenario, location);
        return 0;
    case ["commands"]:
        return CommandLineRun.Run();
    case ["transfers", .. var workloads]:
        return await TransferRun.RunAsync(workloads);
    case ["soak", .. var rest]:
        return await SoakRun.RunAsync(rest);
    case ["peers", .. var rest]:
        return await PeerRun.RunAsync(rest);
    case ["hosts", .. var rest]:
        return await HostRun.RunAsync(rest);
    case ["hot-code", .. var rest]:
        return await HotCodeRun.RunAsync(rest);
    default:
        var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithIterationCount(8).AsDefault());
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(ScaleRun).Assembly).Run(args, config);
        return summaries.Any(static s => s.HasCriticalValidationErrors || s.Reports.Any(static r => !r.Success)) ? 1 : 0;
}
