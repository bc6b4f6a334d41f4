using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers.Programs;

internal sealed class S5cmdProgram(string path, BenchServer server) : PeerProgram(path, server)
{
    public override string Name => PeerReport.S5cmd;

    protected override string VersionArgument => "version";

    // A list is what it logs.
    protected override string[] Arguments(PeerJob job) => job.Verb == PeerVerb.List ? Command(job) : ["--log", "error", .. Command(job)];

    protected override IEnumerable<KeyValuePair<string, string?>> Environment() => [.. Server.Environment, new("S3_ENDPOINT_URL", Server.Url)];

    private static string[] Command(PeerJob job) => job switch
    {
        { Verb: PeerVerb.Upload, File: null } => ["cp", job.Folder + "/", job.Url],
        { Verb: PeerVerb.Upload } => ["cp", job.FilePath, job.Url],
        { Verb: PeerVerb.Download, File: null } => ["cp", job.Url + "*", job.Folder + "/"],
        { Verb: PeerVerb.Download } => ["cp", job.Url + job.File, job.Folder + "/"],
        { Verb: PeerVerb.List } => ["ls", job.Url + "*"],
        { Verb: PeerVerb.Delete } => ["rm", job.GoneUrl + "*"],
        _ => ["sync", job.Folder + "/", job.Url],
    };
}
