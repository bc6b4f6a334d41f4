using System.CommandLine;
using Trainctl.Checkpoints.Listing;
using Trainctl.Cli.Options;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl checkpoint list</c>.</summary>
internal sealed class CheckpointListCommand : CliCommand
{
    private readonly Argument<string> _location = new("location") { Description = "The folder or prefix above the checkpoints." };

    public CheckpointListCommand(CliHost host)
        : base(host, "list", "Lists checkpoints with layout, step, state, size and metrics, and what points to them.")
    {
        Aliases.Add("ls");
        Arguments.Add(_location);
        Add([.. LayoutOptions.All, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples => ["trainctl checkpoint list checkpoints/", "trainctl checkpoint list s3://bucket/checkpoints/ --json"];

    public ListCheckpointsSettings ToSettings(Invocation run) => new()
    {
        Location = ObjectUrl.Parse(run.Argument(_location)),
        Layout = run.Text(LayoutOptions.Layout),
        Pattern = run.CheckpointPattern(),
        Store = run.Store(),
    };

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.ListCheckpointsAsync(settings, cancellationToken), Output.ReportStyle.Answer);
    }
}
