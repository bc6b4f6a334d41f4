using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3 list</c>.</summary>
internal sealed class ListCommand : CliCommand
{
    private static readonly Setting Recursive = Setting.Switch("--recursive", "Every object below, not one level.", null, "-r");
    private static readonly Setting HumanReadable = Setting.Switch("--human-readable", "Sizes as 1.5 MiB instead of bytes.");

    private readonly Argument<string> _location = new("location") { Description = "A folder or prefix." };

    public ListCommand(CliHost host)
        : base(host, "list", "Lists objects: time, size, key.")
    {
        Aliases.Add("ls");
        Arguments.Add(_location);
        Add([Recursive, HumanReadable, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "trainctl s3 list s3://bucket/checkpoints/",
        "trainctl s3 list s3://bucket/checkpoints/ --recursive --human-readable",
        "trainctl s3 list s3://bucket/checkpoints/ --json | jq -r '.entries[].key'",
    ];

    public ListSettings ToSettings(Invocation run) => new() { Location = ObjectUrl.Parse(run.Argument(_location)), Recursive = run.Has(Recursive), Store = run.Store() };

    protected override async Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        if (!run.Output.IsJson && run.Output.SummaryFile is null)
            return await StreamAsync(run, settings, cancellationToken).ConfigureAwait(false);
        var report = await run.EngineAsync(engine => engine.ListAsync(settings, cancellationToken)).ConfigureAwait(false);
        if (run.Output.IsJson)
            run.Output.Write(report, Output.ReportStyle.Answer);
        else
            Write(run, report);
        return report.ExitCode;
    }

    /// <summary>What is listed is written and forgotten, however much it is.</summary>
    private static async Task<int> StreamAsync(Invocation run, ListSettings settings, CancellationToken cancellationToken)
    {
        var problems = new List<ListingProblem>();
        var lines = new ListLines(run, run.Has(HumanReadable));
        var start = run.Host.Time.GetTimestamp();
        try
        {
            await foreach (var entry in run.Engine().EnumerateAsync(settings, problems.Add, cancellationToken).ConfigureAwait(false))
                lines.Add(entry);
        }
        finally
        {
            // Also what came before a failure.
            lines.Flush();
        }

        var rest = new ListReport
        {
            Operation = "list",
            DryRun = false,
            Duration = run.Host.Time.GetElapsedTime(start),
            Location = settings.Location.ToString(),
            Entries = [],
            Problems = problems,
        };
        run.Output.WriteNotes(rest);
        lines.Total();
        return rest.ExitCode;
    }

    private static void Write(Invocation run, ListReport report)
    {
        var lines = new ListLines(run, run.Has(HumanReadable));
        foreach (var entry in report.Entries)
            lines.Add(entry);
        lines.Flush();
        run.Output.Summarize(report);
        run.Output.WriteNotes(report);
        lines.Total();
    }
}
