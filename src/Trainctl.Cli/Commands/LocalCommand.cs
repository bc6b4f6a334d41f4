using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Cli.Output;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Training;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl local</c>.</summary>
internal sealed class LocalCommand : CliCommand
{
    private static readonly Setting Upload = Setting.Text("--upload", "url", "Publish checkpoints here while training runs. Needs --checkpoints.");
    private static readonly Setting Checkpoints = Setting.Text("--checkpoints", "folder", "Where the script writes its checkpoints.");
    private static readonly Setting Interval = Setting.Text("--interval", "time", "Time between two looks at the checkpoints. Default 2s.");
    private static readonly Setting FlushTimeout = Setting.Text("--flush-timeout", "time", "How long publishing may go on once training has ended. Default 5min.");
    private static readonly Setting StopTimeout = Setting.Text("--stop-timeout", "time", "How long training may go on after it was asked to stop; then it is killed. Default 1min.");
    private static readonly Setting Hold = Setting.Text("--hold", "number", "How many checkpoints that the script deletes before they are published are kept for that. Default 3.");
    private static readonly Setting OnlyCheckpoints = Setting.Switch("--only-checkpoints", "Leave out what belongs to no checkpoint.");

    /// <summary>Options about publishing.</summary>
    private static readonly Setting[] OfUpload =
    [
        Checkpoints, Interval, FlushTimeout, Hold, OnlyCheckpoints, .. ObjectOptions.Writing, .. LayoutOptions.All, .. TransferOptions.All, .. StoreOptions.All,
    ];

    private readonly Argument<string> _script = new("script") { Description = "A .py, .cs, .ps1 or .sh file, anything executable, or a program on PATH." };
    private readonly Argument<string[]> _arguments = new("arguments") { Description = "After --: what the script is given." };

    public LocalCommand(CliHost host)
        : base(host, "local", "Runs a training script; arguments, signals and the exit code pass through. With --upload its checkpoints are published while it runs.")
    {
        Arguments.Add(_script);
        Arguments.Add(_arguments);
        Add(
        [
            Upload, Checkpoints, Interval, FlushTimeout, StopTimeout, Hold, OnlyCheckpoints, ObjectOptions.DryRun, .. ObjectOptions.Writing, .. LayoutOptions.All,
            .. TransferOptions.All, .. StoreOptions.All,
        ]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "trainctl local training/train.py -- --epochs 50",
        "trainctl local train.cs --checkpoints checkpoints --upload s3://bucket/run-1/ -- --epochs 50",
    ];

    public RunTrainingSettings ToSettings(Invocation run)
    {
        var defaults = new RunTrainingSettings { Script = run.Argument(_script) };
        return defaults with
        {
            Arguments = run.Argument(_arguments),
            Upload = run.Text(Upload) is { } url ? ObjectUrl.Parse(url) : null,
            Checkpoints = run.Text(Checkpoints) is { } folder ? ObjectUrl.Parse(folder) : null,
            Interval = run.Time(Interval) ?? defaults.Interval,
            FlushTimeout = run.Time(FlushTimeout) ?? defaults.FlushTimeout,
            StopTimeout = run.Time(StopTimeout) ?? defaults.StopTimeout,
            MaxHeldCheckpoints = run.Int(Hold) ?? defaults.MaxHeldCheckpoints,
            IncludeOtherFiles = !run.Has(OnlyCheckpoints),
            DryRun = run.Has(ObjectOptions.DryRun),
            StorageClass = run.Text(ObjectOptions.StorageClass),
            Layout = run.Text(LayoutOptions.Layout),
            Pattern = run.CheckpointPattern(),
            Store = run.WritingStore(),
            Transfer = run.Transfer(),
        };
    }

    /// <summary>The token is not passed on: it would kill training, and signals are the script's to answer.</summary>
    protected override async Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        if (run.Text(Upload) is null)
            run.RefuseUnused("it is about checkpoints that --upload publishes, and there is no --upload", OfUpload);
        var settings = ToSettings(run);
        var stop = new TrainingStop();
        using var signals = new StopSignals(signal =>
        {
            stop.Request(signal);
            return true;
        });
        var report = await run.Engine().RunTrainingAsync(settings, stop, CancellationToken.None).ConfigureAwait(false);
        // Standard output is the script's.
        if (run.Output.IsJson)
            return WriteJson(run, report);
        if (settings.Upload is not null || settings.DryRun)
            run.Output.WriteBeside(report);
        else
            run.Output.Summarize(report);
        return report.ExitCode;
    }

    /// <summary>The script's exit code says more than that nobody reads what comes behind its output.</summary>
    private static int WriteJson(Invocation run, TrainingReport report)
    {
        try
        {
            run.Output.Write(report, ReportStyle.Work);
        }
        catch (OutputClosedException) when (report.ExitCode != ErrorCatalog.Success)
        {
        }

        return report.ExitCode;
    }
}
