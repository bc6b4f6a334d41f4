using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl checkpoint restore</c>.</summary>
internal sealed class CheckpointRestoreCommand : CliCommand
{
    private static readonly Setting Trash = Setting.Text("--trash", "prefix", "The trash below the location. Default .trash.");
    private static readonly Setting Path = Setting.Text("--path", "checkpoint", "Only this one, or those below it.");
    private static readonly Setting At = Setting.Text("--at", "date", "The folder of the trash to take them from, such as 20240601T120000Z. Default: the newest.");

    private readonly Argument<string> _location = new("location") { Description = "Where the checkpoints were." };

    public CheckpointRestoreCommand(CliHost host)
        : base(host, "restore", "Brings checkpoints back from the trash of 'cleanup --trash'. Never replaces anything.")
    {
        Arguments.Add(_location);
        Add([Trash, Path, At, ObjectOptions.DryRun, .. ObjectOptions.Encryption, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples =>
        ["trainctl checkpoint restore s3://bucket/checkpoints/ --dry-run", "trainctl checkpoint restore checkpoints/ --path run-1/checkpoint-500"];

    public RestoreCheckpointsSettings ToSettings(Invocation run)
    {
        var settings = new RestoreCheckpointsSettings
        {
            Location = ObjectUrl.Parse(run.Argument(_location)),
            Path = run.Text(Path),
            At = run.Text(At),
            DryRun = run.Has(ObjectOptions.DryRun),
            Store = run.WritingStore(),
        };
        return run.Text(Trash) is { } trash ? settings with { Trash = trash } : settings;
    }

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.RestoreCheckpointsAsync(settings, cancellationToken));
    }
}
