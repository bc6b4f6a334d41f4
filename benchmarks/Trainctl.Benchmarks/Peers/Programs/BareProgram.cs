using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Benchmarks.Peers.Programs;

/// <summary>A client that moves bytes and does nothing else: what no other can be much faster than.</summary>
internal sealed class BareProgram(string path, BenchServer server) : PeerProgram(path, server)
{
    public override string Name => PeerReport.Bare;

    protected override string VersionArgument => "--version";

    public override bool CanDo(PeerVerb verb) => verb is PeerVerb.Upload or PeerVerb.Download;

    protected override string[] Arguments(PeerJob job) =>
        [job.Verb == PeerVerb.Upload ? "upload" : "download", job.Folder, job.Bucket, job.Prefix, .. Server.Store.UnsignedPayload ? (string[])["--unsigned"] : []];
}
