using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Trainctl.Trainer;

// A training without any learning: writes checkpoints, deletes old ones, and ends as it is told. For tests of what runs and publishes trainings.
var options = new TrainerOptions(args);
using var signalled = new ManualResetEventSlim();
using var registration = options.OnTerminate is null ? null : PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    if (options.OnTerminate >= 0)
        signalled.Set();
});

Directory.CreateDirectory(options.Out);
Console.WriteLine("begun");
var step = 0;
while (step < options.Count && !signalled.IsSet)
{
    step++;
    if (step == options.DieAt)
    {
        SavedCheckpoint.WriteHalf(options.Out, step);
        Process.GetCurrentProcess().Kill();
    }

    SavedCheckpoint.Write(options.Out, step);
    if (options.Keep > 0 && step > options.Keep)
        Directory.Delete(Path.Join(options.Out, SavedCheckpoint.Name(step - options.Keep)), recursive: true);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"saved {step}"));
    while (options.Gate is { } gate && !signalled.IsSet && !File.Exists(Path.Join(gate, step.ToString(CultureInfo.InvariantCulture))))
        signalled.Wait(5);
}

if (options.WaitsForSignal)
    signalled.Wait();
if (signalled.IsSet)
    SavedCheckpoint.Write(options.Out, ++step);
File.WriteAllText(Path.Join(options.Out, "train.log"), "ended");
Console.WriteLine("ended");
return signalled.IsSet ? options.OnTerminate!.Value : options.ExitCode;
