namespace Trainctl;

/// <summary>
/// The engine: one method per operation, each taking one settings record and returning one report. Safe to use from many threads.
/// <para>A method throws <see cref="Diagnostics.TrainctlException"/> when the operation as a whole could not be done; failures of single objects are
/// outcomes in its report.</para>
/// </summary>
public sealed partial class TrainctlEngine
{
    private readonly EngineHost _host;

    /// <summary>Creates an engine for one host.</summary>
    public TrainctlEngine(EngineHost host) => _host = host;
}
