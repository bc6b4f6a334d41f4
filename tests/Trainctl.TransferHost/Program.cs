using System.Globalization;
using Trainctl;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Transfer;

// The smallest front end of a sync: SOURCE DESTINATION STATE PART-SIZE BACKEND. For tests that kill it, or that must choose its environment.
var host = new EngineHost { WorkingDirectory = Environment.CurrentDirectory, Environment = Environment.GetEnvironmentVariable, StateDirectory = args[2] };
var settings = new SyncSettings
{
    Source = ObjectUrl.Parse(args[0]),
    Destination = ObjectUrl.Parse(args[1]),
    Transfer = new TransferSettings
    {
        Backend = Enum.Parse<TransferBackend>(args[4]),
        PartSizeBytes = long.Parse(args[3], CultureInfo.InvariantCulture),
        PartConcurrency = 4,
    },
};
var report = await new TrainctlEngine(host).SyncAsync(settings);
Console.Error.Write(ReportText.Render(report.Describe()));
return report.ExitCode;
