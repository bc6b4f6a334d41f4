using System.CommandLine;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3</c>: objects, in buckets and folders alike.</summary>
internal sealed class S3Command : Command
{
    public S3Command(CliHost host)
        : base("s3", "Uploads, downloads, syncs, lists, prunes and reviews; everywhere a bucket is named, a folder will do.")
    {
        Subcommands.Add(new UploadCommand(host));
        Subcommands.Add(new DownloadCommand(host));
        Subcommands.Add(new SyncCommand(host));
        Subcommands.Add(new ListCommand(host));
        Subcommands.Add(new CleanupCommand(host, CleanupCommand.S3Examples));
        Subcommands.Add(new WatchCommand(host));
        Subcommands.Add(new ReviewCommand(host));
    }
}
