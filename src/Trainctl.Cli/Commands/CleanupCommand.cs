using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3 cleanup</c> and <c>trainctl checkpoint cleanup</c>: one and the same, on buckets and folders.</summary>
internal sealed class CleanupCommand : CliCommand
{
    public static readonly IReadOnlyList<string> S3Examples =
    [
        "trainctl s3 cleanup s3://bucket/checkpoints/ --keep-last-n 10 --dry-run",
        "trainctl s3 cleanup s3://bucket/checkpoints/ --keep-last-n 3 --keep-best 2 --metric eval_loss",
        "trainctl s3 cleanup s3://bucket/checkpoints/ --keep-last-n 10 --plan-out plan.json --dry-run && trainctl apply plan.json",
        "trainctl s3 cleanup s3://bucket/checkpoints/ --keep-within 7d --keep-weekly 8 --max-total-size 500GB --trash .trash",
    ];

    public static readonly IReadOnlyList<string> CheckpointExamples =
    [
        "trainctl checkpoint cleanup checkpoints/ --keep-last-n 10 --dry-run",
        "trainctl checkpoint cleanup checkpoints/ --keep-last-n 3 --require-uploaded s3://bucket/checkpoints/",
    ];

    private readonly Argument<string> _location = new("location") { Description = "The folder or prefix above the checkpoints. It may hold many runs." };

    public CleanupCommand(CliHost host, IReadOnlyList<string> examples)
        : base(host, "cleanup", "Removes the checkpoints that no rule keeps, with a reason for each. Without a rule nothing is removed.")
    {
        Examples = examples;
        Arguments.Add(_location);
        Add([ObjectOptions.DryRun, .. RetentionOptions.All, .. PruneOptions.All, .. LayoutOptions.All, .. ObjectOptions.Encryption, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples { get; }

    public PruneCheckpointsSettings ToSettings(Invocation run) => run.Prune(ObjectUrl.Parse(run.Argument(_location)));

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.PruneCheckpointsAsync(settings, cancellationToken));
    }
}
