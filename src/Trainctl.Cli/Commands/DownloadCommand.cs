using Trainctl.Diagnostics;
using Trainctl.Sync;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3 download</c>.</summary>
internal sealed class DownloadCommand(CliHost host) : CopyCommand(host, "download", "Downloads an object, or with --recursive all below a prefix. Replaces what is there; deletes nothing.")
{
    public override IReadOnlyList<string> Examples =>
    [
        "trainctl s3 download s3://bucket/checkpoints/best.pt ./best.pt",
        "trainctl s3 download s3://bucket/checkpoints/ ./checkpoints/ --recursive",
        "trainctl s3 download s3://public-bucket/data/ ./data/ --recursive --no-sign-request",
    ];

    protected override void Check(CopySettings settings)
    {
        if (settings.Source.IsFolder && !settings.Destination.IsFolder)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"'{settings.Source}' is a path and '{settings.Destination}' a bucket: that is an upload. Run 'trainctl s3 upload'.", "source");
        }
    }
}
