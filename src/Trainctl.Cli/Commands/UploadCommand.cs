using Trainctl.Diagnostics;
using Trainctl.Sync;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3 upload</c>.</summary>
internal sealed class UploadCommand(CliHost host) : CopyCommand(host, "upload", "Uploads a file, or with --recursive a folder. Replaces what is there; deletes nothing.")
{
    public override IReadOnlyList<string> Examples =>
    [
        "trainctl s3 upload ./checkpoints/best.pt s3://bucket/checkpoints/best.pt",
        "trainctl s3 upload ./checkpoints/ s3://bucket/checkpoints/ --recursive",
        "trainctl s3 upload ./file.pt s3://bucket/file.pt --no-use-s5cmd",
        "trainctl s3 upload ./checkpoints/ s3://bucket/checkpoints/ --recursive --exclude '*.tmp' --storage-class STANDARD_IA",
    ];

    protected override void Check(CopySettings settings)
    {
        if (!settings.Source.IsFolder && settings.Destination.IsFolder)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"'{settings.Source}' is a bucket and '{settings.Destination}' a path: that is a download. Run 'trainctl s3 download'.", "source");
        }
    }
}
