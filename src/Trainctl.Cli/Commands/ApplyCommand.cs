using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl apply</c>.</summary>
internal sealed class ApplyCommand : CliCommand
{
    private static readonly Setting Location = Setting.Text("--location", "url", "Where the plan must be for; another one is refused.");

    private readonly Argument<string> _plan = new("plan") { Description = "A plan that 'cleanup --plan-out' wrote." };

    public ApplyCommand(CliHost host)
        : base(host, "apply", "Does what a plan says, as long as that is still right: what changed since, or is protected by now, is kept and reported.")
    {
        Arguments.Add(_plan);
        Add([Location, ObjectOptions.DryRun, .. ObjectOptions.Encryption, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples => ["trainctl apply plan.json --dry-run", "trainctl apply plan.json --location s3://bucket/checkpoints/"];

    public ApplyPrunePlanSettings ToSettings(Invocation run) => new()
    {
        PlanFile = run.Argument(_plan),
        Location = run.Text(Location) is { } url ? ObjectUrl.Parse(url) : null,
        DryRun = run.Has(ObjectOptions.DryRun),
        Store = run.WritingStore(),
    };

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.ApplyPruneAsync(settings, cancellationToken));
    }
}
