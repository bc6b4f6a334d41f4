using System.Diagnostics;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers.Programs;

/// <summary>A program that is run as a process for each job.</summary>
/// <param name="path">The program.</param>
/// <param name="server">Where the store is.</param>
internal abstract class PeerProgram(string path, BenchServer server) : IContender
{
    private string? _version;

    public abstract string Name { get; }

    public string Version => _version ??= AskVersion();

    protected BenchServer Server => server;

    /// <summary>What makes it tell its version.</summary>
    protected abstract string VersionArgument { get; }

    public virtual bool CanDo(PeerVerb verb) => true;

    public Task<Measurement> RunAsync(PeerJob job, string output) =>
        Task.FromResult(Run([path, .. Arguments(job)], new Dictionary<string, string?>(Environment()), output));

    /// <summary>Runs the program to its end; as <see cref="MeteredProcess.Run"/>.</summary>
    protected virtual Measurement Run(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, string output) =>
        MeteredProcess.Run(arguments, environment, output);

    protected abstract string[] Arguments(PeerJob job);

    /// <summary>The store, as the AWS SDKs are told it.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Environment() => server.Environment;

    private string AskVersion()
    {
        using var process = Process.Start(new ProcessStartInfo(path, VersionArgument) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n')[0].Trim();
    }
}
