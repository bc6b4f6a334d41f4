using System.CommandLine;
using System.Globalization;
using Trainctl.Cli.Options;
using Trainctl.Reporting;
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
        var report = await run.EngineAsync(engine => engine.ListAsync(settings, cancellationToken)).ConfigureAwait(false);
        if (run.Output.IsJson)
            run.Output.Write(report, Output.ReportStyle.Answer);
        else
            Write(run, report);
        return report.ExitCode;
    }

    /// <summary>One line for each entry and nothing else on standard output, so that it can be piped; the total is for a person.</summary>
    private static void Write(Invocation run, ListReport report)
    {
        var isHuman = run.Has(HumanReadable);
        var sizes = report.Entries.Select(e => isHuman ? HumanText.Size(e.Size) : e.Size.ToString(CultureInfo.InvariantCulture)).ToArray();
        var width = Math.Max(10, sizes.Length == 0 ? 0 : sizes.Max(static s => s.Length));
        for (var i = 0; i < sizes.Length; i++)
            run.Output.WriteLine($"{HumanText.Time(report.Entries[i].ModifiedAt)}  {sizes[i].PadLeft(width)}  {report.Entries[i].Key}");
        run.Output.Summarize(report);
        run.Output.WriteNotes(report);
        if (run.Host.IsErrorTerminal)
            run.Output.Info($"{HumanText.Count(report.Entries.Sum(static e => e.Objects), "object")}, {HumanText.Size(report.Entries.Sum(static e => e.Size))}.");
    }
}
