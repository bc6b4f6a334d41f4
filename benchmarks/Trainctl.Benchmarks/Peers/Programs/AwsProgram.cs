namespace Trainctl.Benchmarks.Peers.Programs;

internal sealed class AwsProgram(string path, BenchServer server) : PeerProgram(path, server)
{
    public override string Name => "aws";

    protected override string VersionArgument => "--version";

    // Releases before 2.13 do not read the variable.
    protected override string[] Arguments(PeerJob job) => ["--endpoint-url", Server.Url, "s3", .. Command(job)];

    // Checksum trailers, its default, are refused by stores that do not know them.
    protected override IEnumerable<KeyValuePair<string, string?>> Environment() =>
        [.. Server.Environment, new("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required"), new("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")];

    private static string[] Command(PeerJob job) => job switch
    {
        { Verb: PeerVerb.Upload, File: null } => ["cp", job.Folder, job.Url, "--recursive", "--only-show-errors"],
        { Verb: PeerVerb.Upload } => ["cp", job.FilePath, job.Url, "--only-show-errors"],
        { Verb: PeerVerb.Download, File: null } => ["cp", job.Url, job.Folder, "--recursive", "--only-show-errors"],
        { Verb: PeerVerb.Download } => ["cp", job.Url + job.File, job.Folder + "/", "--only-show-errors"],
        { Verb: PeerVerb.List } => ["ls", job.Url, "--recursive"],
        { Verb: PeerVerb.Delete } => ["rm", job.GoneUrl, "--recursive", "--only-show-errors"],
        _ => ["sync", job.Folder, job.Url, "--only-show-errors"],
    };
}
