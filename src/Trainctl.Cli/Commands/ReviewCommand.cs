using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Review;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3 review</c>.</summary>
internal sealed class ReviewCommand : CliCommand
{
    private static readonly Setting Detailed = Setting.Switch("--detailed", "List every object.");
    private static readonly Setting Largest = Setting.Text("--largest", "number", "How many of the largest objects to name. Default 10.");
    private static readonly Setting FindDuplicates = Setting.Switch("--find-duplicates", "Compare the content of files of equal size.");
    private static readonly Setting Html = Setting.Text("--html", "file", "Write the review as one HTML page.");
    private static readonly Setting Budget = Setting.Text("--fail-over", "size", "Gate: exit 6 when there is more, such as 2TB.");
    private static readonly Setting FailOnIncomplete = Setting.Switch("--fail-on-incomplete", "Gate: exit 6 when the newest checkpoint of a run is not complete.");
    private static readonly Setting FailOnDangling = Setting.Switch("--fail-on-dangling", "Gate: exit 6 when a pointer leads nowhere.");

    private readonly Argument<string> _location = new("location") { Description = "A folder or prefix." };

    public ReviewCommand(CliHost host)
        : base(host, "review", "Says what is there by kind and by run, how the runs are doing, and what is wrong. Changes nothing.")
    {
        Arguments.Add(_location);
        Add(
        [
            Detailed, Largest, FindDuplicates, Html, Budget, FailOnIncomplete, FailOnDangling, .. RetentionOptions.All, .. LayoutOptions.All, .. StoreOptions.All,
        ]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "trainctl s3 review s3://bucket/training/",
        "trainctl s3 review s3://bucket/training/ --detailed --html review.html",
        "trainctl s3 review s3://bucket/training/ --keep-last-n 3    # what would that free?",
        "trainctl s3 review s3://bucket/training/ --fail-over 2TB --fail-on-incomplete --fail-on-dangling",
    ];

    public ReviewArtifactsSettings ToSettings(Invocation run)
    {
        var policy = run.Policy();
        return new ReviewArtifactsSettings
        {
            Location = ObjectUrl.Parse(run.Argument(_location)),
            Detailed = run.Has(Detailed),
            LargestCount = run.Int(Largest) ?? 10,
            FindDuplicates = run.Has(FindDuplicates),
            Policy = policy.IsEmpty ? null : policy,
            MaxTotalBytes = run.Bytes(Budget),
            FailOnIncompleteNewest = run.Has(FailOnIncomplete),
            FailOnDanglingPointer = run.Has(FailOnDangling),
            HtmlFile = run.Text(Html),
            Layout = run.Text(LayoutOptions.Layout),
            Pattern = run.CheckpointPattern(),
            Store = run.Store(),
        };
    }

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.ReviewArtifactsAsync(settings, cancellationToken), Output.ReportStyle.Answer);
    }
}
