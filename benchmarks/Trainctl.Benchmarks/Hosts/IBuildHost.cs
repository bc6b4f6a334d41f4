namespace Trainctl.Benchmarks.Hosts;

/// <summary>Somewhere the engine runs.</summary>
internal interface IBuildHost
{
    string Name { get; }

    /// <summary>Does the jobs one after another, and tells how long each took, in seconds: the operation alone, without the start of what it runs in.</summary>
    /// <param name="jobs">What to do.</param>
    /// <param name="folder">An empty folder for what the host writes.</param>
    /// <exception cref="Peers.PeerException">It failed.</exception>
    double[] Run(IReadOnlyList<HostJob> jobs, string folder);
}
