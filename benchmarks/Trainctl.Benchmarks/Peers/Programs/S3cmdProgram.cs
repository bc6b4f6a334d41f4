using System.Runtime.Versioning;

namespace Trainctl.Benchmarks.Peers.Programs;

[SupportedOSPlatform("linux")]
internal sealed class S3cmdProgram : PeerProgram
{
    private readonly string _configuration;

    /// <param name="path">The program.</param>
    /// <param name="server">Where the store is.</param>
    /// <param name="folder">Where its configuration file goes, which it needs for the address.</param>
    public S3cmdProgram(string path, BenchServer server, string folder)
        : base(path, server)
    {
        _configuration = Path.Join(folder, "s3cmd.cfg");
    }

    public override string Name => "s3cmd";

    protected override string VersionArgument => "--version";

    protected override string[] Arguments(PeerJob job)
    {
        Configure();
        return ["-c", _configuration, "--no-progress", .. Command(job)];
    }

    private static string[] Command(PeerJob job) => job switch
    {
        { Verb: PeerVerb.Upload, File: null } => ["--quiet", "put", "--recursive", job.Folder + "/", job.Url],
        { Verb: PeerVerb.Upload } => ["--quiet", "put", job.FilePath, job.Url],
        { Verb: PeerVerb.Download, File: null } => ["--quiet", "get", "--recursive", job.Url, job.Folder + "/"],
        { Verb: PeerVerb.Download } => ["--quiet", "get", job.Url + job.File, job.FilePath],
        { Verb: PeerVerb.List } => ["ls", "--recursive", job.Url],
        { Verb: PeerVerb.Delete } => ["--quiet", "del", "--recursive", "--force", job.GoneUrl],
        _ => ["--quiet", "sync", job.Folder + "/", job.Url],
    };

    /// <summary>Each time: the server may be another by now. Only this user may read it.</summary>
    private void Configure()
    {
        var url = new Uri(Server.Url);
        var isSecure = url.Scheme == Uri.UriSchemeHttps;
        File.WriteAllText(_configuration, "");
        File.SetUnixFileMode(_configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(_configuration, $"""
            [default]
            host_base = {url.Authority}
            host_bucket = {url.Authority}
            use_https = {isSecure}
            signature_v2 = False
            bucket_location = {Server.Environment["AWS_REGION"]}
            access_key = {Server.Environment["AWS_ACCESS_KEY_ID"]}
            secret_key = {Server.Environment["AWS_SECRET_ACCESS_KEY"]}
            {(Server.CaBundle is { } bundle ? $"ca_certs_file = {bundle}" : "")}

            """);
    }
}
