using System.CommandLine;
using Trainctl.Checkpoints.Verification;
using Trainctl.Cli.Options;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl checkpoint verify</c>.</summary>
internal sealed class CheckpointVerifyCommand : CliCommand
{
    private static readonly Setting Path = Setting.Text("--path", "checkpoint", "Only this one, or those below it.");
    private static readonly Setting Quick = Setting.Switch("--quick", "Look at names, sizes and headers, and read no content.");

    private readonly Argument<string> _location = new("location") { Description = "The folder or prefix above the checkpoints." };

    public CheckpointVerifyCommand(CliHost host)
        : base(host, "verify", "Reads checkpoints and compares every byte with what was recorded when they were published. Exit 4 when one is damaged or incomplete, 3 when something could not be read.")
    {
        Arguments.Add(_location);
        Add([Path, Quick, .. LayoutOptions.All, .. TransferOptions.All, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples =>
        ["trainctl checkpoint verify s3://bucket/checkpoints/", "trainctl checkpoint verify s3://bucket/checkpoints/ --path run-1/checkpoint-500", "trainctl checkpoint verify checkpoints/ --quick"];

    public VerifyCheckpointsSettings ToSettings(Invocation run) => new()
    {
        Location = ObjectUrl.Parse(run.Argument(_location)),
        Path = run.Text(Path),
        ReadContent = !run.Has(Quick),
        Layout = run.Text(LayoutOptions.Layout),
        Pattern = run.CheckpointPattern(),
        Store = run.Store(),
        Transfer = run.Transfer(),
    };

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.VerifyCheckpointsAsync(settings, cancellationToken), Output.ReportStyle.Answer);
    }
}
