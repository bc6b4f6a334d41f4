using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers.Programs;

internal class TrainctlProgram(string path, BenchServer server) : PeerProgram(path, server)
{
    public override string Name => PeerReport.Ours;

    protected override string VersionArgument => "--version";

    protected override string[] Arguments(PeerJob job) => Server.Store is { Provider: { } provider, PathStyle: { } isPath } store
        ? [.. Command(job), "--provider", provider.ToString(), "--path-style", isPath.ToString(), .. store.UnsignedPayload ? (string[])["--unsigned-payload"] : []]
        : Command(job);

    // It has no command that deletes at will; a sync with --delete compares besides.
    private static string[] Command(PeerJob job) => job switch
    {
        { Verb: PeerVerb.Upload, File: null } => ["s3", "upload", job.Folder + "/", job.Url, "--recursive"],
        { Verb: PeerVerb.Upload } => ["s3", "upload", job.FilePath, job.Url],
        { Verb: PeerVerb.Download, File: null } => ["s3", "download", job.Url, job.Folder + "/", "--recursive"],
        { Verb: PeerVerb.Download } => ["s3", "download", job.Url + job.File, job.Folder + "/"],
        { Verb: PeerVerb.List } => ["s3", "list", job.Url, "--recursive"],
        { Verb: PeerVerb.Delete } => ["s3", "sync", job.Folder + "/", job.Url, "--delete"],
        _ => ["s3", "sync", job.Folder + "/", job.Url],
    };
}
