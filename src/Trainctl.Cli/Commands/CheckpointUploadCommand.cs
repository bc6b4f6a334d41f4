using System.CommandLine;
using Trainctl.Checkpoints;
using Trainctl.Cli.Options;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl checkpoint upload</c>.</summary>
internal sealed class CheckpointUploadCommand : CliCommand
{
    private static readonly Setting OnlyCheckpoints = Setting.Switch("--only-checkpoints", "Leave out what belongs to no checkpoint, such as logs and final models.");

    private readonly Argument<string> _source = new("source") { Description = "Where training writes its checkpoints." };
    private readonly Argument<string> _destination = new("destination") { Description = "Where they are published." };

    public CheckpointUploadCommand(CliHost host)
        : base(host, "upload", "Publishes complete checkpoints: data first, a manifest when all is proven, pointers last. Incomplete ones are left out.")
    {
        Arguments.Add(_source);
        Arguments.Add(_destination);
        Add([OnlyCheckpoints, ObjectOptions.DryRun, .. ObjectOptions.Writing, .. LayoutOptions.All, .. TransferOptions.All, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples => ["trainctl checkpoint upload checkpoints/ s3://bucket/checkpoints/"];

    public UploadCheckpointsSettings ToSettings(Invocation run) => new()
    {
        Source = ObjectUrl.Parse(run.Argument(_source)),
        Destination = ObjectUrl.Parse(run.Argument(_destination)),
        IncludeOtherFiles = !run.Has(OnlyCheckpoints),
        StorageClass = run.Text(ObjectOptions.StorageClass),
        DryRun = run.Has(ObjectOptions.DryRun),
        Layout = run.Text(LayoutOptions.Layout),
        Pattern = run.CheckpointPattern(),
        Store = run.WritingStore(),
        Transfer = run.Transfer(),
    };

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.UploadCheckpointsAsync(settings, cancellationToken));
    }
}
