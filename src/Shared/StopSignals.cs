using System.Runtime.InteropServices;

namespace Trainctl.Training;

/// <summary>
/// The signals by which a process that trains is asked to stop. Front ends compile this in: the engine listens to no signals of the process that it is in.
/// One that is ignored when the process starts, as SIGHUP under nohup, stays so.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="asked">Called for each, on any thread. Answers whether the process goes on; otherwise the signal does what it does by itself.</param>
    public StopSignals(Func<StopSignal, bool> asked)
    {
        // SIGHUP is a terminal that went away: what is saved is published all the same.
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Pass(context, StopSignal.Interrupt)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Pass(context, StopSignal.Terminate)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Pass(context, StopSignal.Terminate)),
        ];

        void Pass(PosixSignalContext context, StopSignal signal)
        {
            if (asked(signal))
                context.Cancel = true;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
