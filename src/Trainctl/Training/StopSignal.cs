namespace Trainctl.Training;

/// <summary>How somebody asks a training to stop.</summary>
public enum StopSignal
{
    /// <summary>
    /// SIGINT, as from Ctrl-C. A terminal sends it to all of its programs, training among them, so training is sent it again only when there is no terminal.
    /// </summary>
    Interrupt,

    /// <summary>SIGTERM, as from a scheduler. Passed on to training.</summary>
    Terminate,
}
