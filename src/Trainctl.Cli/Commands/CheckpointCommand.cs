using System.CommandLine;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl checkpoint</c>: whole checkpoints, in folders and buckets alike.</summary>
internal sealed class CheckpointCommand : Command
{
    public CheckpointCommand(CliHost host)
        : base("checkpoint", "Lists, verifies, publishes, prunes and restores whole checkpoints, in folders and buckets alike.")
    {
        Subcommands.Add(new CheckpointListCommand(host));
        Subcommands.Add(new CheckpointVerifyCommand(host));
        Subcommands.Add(new CheckpointUploadCommand(host));
        Subcommands.Add(new CleanupCommand(host, CleanupCommand.CheckpointExamples));
        Subcommands.Add(new CheckpointRestoreCommand(host));
    }
}
