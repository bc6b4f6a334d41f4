namespace Trainctl.Benchmarks.Peers.Programs;

internal sealed class RcloneProgram(string path, BenchServer server) : PeerProgram(path, server)
{
    private const string Remote = "peers:";

    public override string Name => "rclone";

    protected override string VersionArgument => "version";

    protected override string[] Arguments(PeerJob job) => job switch
    {
        { Verb: PeerVerb.Upload } => ["copy", job.FilePath, Remote + Of(job)],
        { Verb: PeerVerb.Download } => ["copy", Remote + Of(job) + job.File, job.Folder],
        { Verb: PeerVerb.List } => ["ls", Remote + Of(job)],
        { Verb: PeerVerb.Delete } => ["delete", Remote + Of(job) + PeerJob.Gone],
        _ => ["sync", job.Folder, Remote + Of(job)],
    };

    // rclone knows a remote by variables too.
    protected override IEnumerable<KeyValuePair<string, string?>> Environment() =>
    [
        .. Server.Environment,
        new("RCLONE_CONFIG", "/dev/null"),
        new("RCLONE_CONFIG_PEERS_TYPE", "s3"),
        new("RCLONE_CONFIG_PEERS_PROVIDER", "Other"),
        new("RCLONE_CONFIG_PEERS_ENV_AUTH", "true"),
        new("RCLONE_CONFIG_PEERS_ENDPOINT", Server.Url),
        new("RCLONE_CONFIG_PEERS_REGION", Server.Environment["AWS_REGION"]),
        new("RCLONE_CA_CERT", Server.CaBundle),
    ];

    private static string Of(PeerJob job) => $"{job.Bucket}/{job.Prefix}";
}
