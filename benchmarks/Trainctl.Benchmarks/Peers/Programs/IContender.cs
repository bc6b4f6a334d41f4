using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers.Programs;

/// <summary>Somebody who can do a job, with what they do by default.</summary>
internal interface IContender
{
    string Name { get; }

    /// <summary>What it says of itself.</summary>
    string Version { get; }

    /// <summary>Whether it knows such work at all.</summary>
    bool CanDo(PeerVerb verb) => true;

    /// <summary>Does it once and measures.</summary>
    /// <param name="job">What to do.</param>
    /// <param name="output">Where a program's standard output goes, with <c>.out</c> at the end.</param>
    /// <exception cref="PeerException">It failed.</exception>
    Task<Measurement> RunAsync(PeerJob job, string output);
}
