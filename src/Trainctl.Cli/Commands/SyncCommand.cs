using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3 sync</c>.</summary>
internal sealed class SyncCommand : CliCommand
{
    private static readonly Setting Direction = Setting.Text(
        "--direction", "up|down", "With a folder and a bucket in any order: up writes the bucket, down the folder. Default: from the first to the second.", null, ["up", "down"]);

    private static readonly Setting Delete = Setting.Switch("--delete", "Delete at the destination what the source does not have. Refused when the source is missing, empty or unreadable.");
    private static readonly Setting SizeOnly = Setting.Switch("--size-only", "Compare sizes alone.");
    private static readonly Setting Checksum = Setting.Switch("--checksum", "Compare content instead of times.");
    private static readonly Setting NoFollowSymlinks = Setting.Switch("--no-follow-symlinks", "Leave symbolic links of a source folder out.");

    private readonly Argument<string> _source = new("source") { Description = "A folder or prefix; with --direction, the folder or the bucket." };
    private readonly Argument<string> _destination = new("destination") { Description = "A folder or prefix." };

    public SyncCommand(CliHost host)
        : base(host, "sync", "Makes a folder or prefix hold what another holds. What is equal is not moved.")
    {
        Arguments.Add(_source);
        Arguments.Add(_destination);
        Add(
        [
            Direction, Delete, SizeOnly, Checksum, .. ObjectOptions.Filter, NoFollowSymlinks, ObjectOptions.DryRun, .. ObjectOptions.Writing,
            .. TransferOptions.All, .. StoreOptions.All,
        ]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "trainctl s3 sync ./checkpoints/ s3://bucket/checkpoints/ --direction up",
        "trainctl s3 sync ./checkpoints/ s3://bucket/checkpoints/ --direction down",
        "trainctl s3 sync s3://bucket/run-1/ s3://archive/run-1/",
        "trainctl s3 sync ./data/ s3://bucket/data/ --delete --exclude '*.tmp' --dry-run",
    ];

    public SyncSettings ToSettings(Invocation run)
    {
        if (run.Has(SizeOnly) && run.Has(Checksum))
            throw run.Invalid(Checksum, "it cannot be given together with --size-only");
        var (source, destination) = Ends(run);
        return new SyncSettings
        {
            Source = source,
            Destination = destination,
            Compare = run.Has(SizeOnly) ? Comparison.SizeOnly : run.Has(Checksum) ? Comparison.Checksum : Comparison.SizeAndTime,
            Delete = run.Has(Delete),
            Include = run.Texts(ObjectOptions.Include),
            Exclude = run.Texts(ObjectOptions.Exclude),
            FollowSymlinks = !run.Has(NoFollowSymlinks),
            StorageClass = run.Text(ObjectOptions.StorageClass),
            DryRun = run.Has(ObjectOptions.DryRun),
            Store = run.WritingStore(),
            Transfer = run.Transfer(),
        };
    }

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.SyncAsync(settings, cancellationToken));
    }

    private (ObjectUrl Source, ObjectUrl Destination) Ends(Invocation run)
    {
        var (first, second) = (ObjectUrl.Parse(run.Argument(_source)), ObjectUrl.Parse(run.Argument(_destination)));
        var direction = run.Text(Direction)?.ToUpperInvariant();
        if (direction is null)
            return (first, second);
        if (direction is not ("UP" or "DOWN"))
            throw run.Invalid(Direction, $"'{run.Text(Direction)}' is neither up nor down");
        if (first.IsFolder == second.IsFolder)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"--direction needs a folder and a bucket, and '{first}' and '{second}' are two of a kind. Leave it out: sync goes from the first to the second.",
                Direction.Name);
        }

        var (folder, bucket) = first.IsFolder ? (first, second) : (second, first);
        return direction == "UP" ? (folder, bucket) : (bucket, folder);
    }
}
