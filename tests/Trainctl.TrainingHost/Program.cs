using System.Runtime.InteropServices;
using Trainctl;
using Trainctl.Reporting;
using Trainctl.Training;

// The smallest front end of a training, as docs/training.md shows it: CHECKPOINTS UPLOAD SCRIPT [ARGUMENT...]. For tests with real signals.
var host = new EngineHost { WorkingDirectory = Environment.CurrentDirectory, Environment = Environment.GetEnvironmentVariable };
var settings = new RunTrainingSettings
{
    Checkpoints = args[0],
    Upload = args[1],
    Script = args[2],
    Arguments = args[3..],
    Interval = TimeSpan.FromMilliseconds(50),
};
var stop = new TrainingStop();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Pass(context, StopSignal.Interrupt));
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Pass(context, StopSignal.Terminate));
using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Pass(context, StopSignal.Terminate));
var report = await new TrainctlEngine(host).RunTrainingAsync(settings, stop);
Console.Error.Write(ReportText.Render(report.Describe()));
return report.ExitCode;

void Pass(PosixSignalContext context, StopSignal signal)
{
    context.Cancel = true;
    stop.Request(signal);
}
