using System.ComponentModel;
using System.Runtime.Versioning;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers.Programs;

/// <summary>Finds who can take part.</summary>
[SupportedOSPlatform("linux")]
internal static class ContenderSearch
{
    private static readonly (string Name, Func<string, BenchServer, string, IContender> Make)[] Peers =
    [
        (PeerReport.S5cmd, static (path, server, _) => new S5cmdProgram(path, server)),
        ("aws", static (path, server, _) => new AwsProgram(path, server)),
        ("rclone", static (path, server, _) => new RcloneProgram(path, server)),
        ("s3cmd", static (path, server, folder) => new S3cmdProgram(path, server, folder)),
    ];

    /// <summary>The tool, the engine, and what is on <c>PATH</c>; and what is not.</summary>
    /// <exception cref="PeerException">The tool is not there.</exception>
    public static (IReadOnlyList<IContender> Contenders, IReadOnlyList<string> Missing) Find(PeerOptions options, BenchServer server, string folder)
    {
        var tool = options.Tool;
        var path = tool.Contains('/', StringComparison.Ordinal) ? tool : OnPath(tool);
        if (path is null || !File.Exists(path))
            throw new PeerException($"There is no {tool} to measure. Name it with --tool.");
        var (contenders, missing) = (new List<IContender> { new TrainctlProgram(path, server) }, new List<string>());
        foreach (var (name, make) in Peers)
        {
            if (OnPath(name) is { } found && make(found, server, folder) is var contender && Answers(contender))
                contenders.Add(contender);
            else
                missing.Add(name);
        }

        if (options.Bare is { } bare)
            contenders.Add(new BareProgram(bare, server));
        contenders.Add(new EngineContender(server));
        return (contenders, missing);
    }

    /// <summary>A file of that name may be a stub for something that is not installed.</summary>
    private static bool Answers(IContender contender)
    {
        try
        {
            return contender.Version.Length > 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Join(folder, name)).FirstOrDefault(File.Exists);
}
