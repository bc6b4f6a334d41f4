using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Storage;
using Trainctl.Watching;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl s3 watch</c>.</summary>
internal sealed class WatchCommand : CliCommand
{
    private static readonly Setting Interval = Setting.Text("--interval", "time", "Time between two looks, in seconds or with a unit. Default 10.");
    private static readonly Setting Since = Setting.Text("--since", "time", "Begin with what came after this time, such as 2h (ago) or 2026-11-24T16:00Z.");
    private static readonly Setting CompleteOnly = Setting.Switch("--complete-only", "Tell of whole checkpoints instead of objects, each once, when it is whole.");
    private static readonly Setting StateFile = Setting.Text("--state", "file", "Remember in this file what was seen, to go on there the next time.");
    private static readonly Setting Exec = Setting.Text("--exec", "command", "Run this for each event, in a shell; TRAINCTL_EVENT, TRAINCTL_KEY, TRAINCTL_URL tell it what happened.");
    private static readonly Setting Once = Setting.Switch("--once", "Look once, and end.");

    private readonly Argument<string> _location = new("location") { Description = "A folder or prefix." };

    public WatchCommand(CliHost host)
        : base(host, "watch", "Tells what is created, changed and deleted, until Ctrl-C. Each look is one listing.")
    {
        Arguments.Add(_location);
        Add([Interval, Since, CompleteOnly, StateFile, Exec, Once, .. ObjectOptions.Filter, .. LayoutOptions.All, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "trainctl s3 watch s3://bucket/checkpoints/ --interval 10",
        "trainctl s3 watch s3://bucket/checkpoints/ --complete-only --state watch.json --exec ./evaluate.sh",
        "trainctl s3 watch s3://bucket/checkpoints/ --since 1h --once --json",
    ];

    public WatchSettings ToSettings(Invocation run)
    {
        if (run.Text(Exec) is { } given && string.IsNullOrWhiteSpace(given))
            throw run.Invalid(Exec, "it is empty, and a command is needed");
        var settings = new WatchSettings
        {
            Location = ObjectUrl.Parse(run.Argument(_location)),
            Since = run.Moment(Since),
            CompleteOnly = run.Has(CompleteOnly),
            StateFile = run.Text(StateFile),
            Once = run.Has(Once),
            Command = run.Text(Exec) is { } command ? Shell(command, run) : null,
            // In a file of the repository, and in the environment, they are for the other commands too, which look for checkpoints always.
            Layout = run.Has(CompleteOnly) || run.IsOption(LayoutOptions.Layout) ? run.Text(LayoutOptions.Layout) : null,
            Pattern = run.Has(CompleteOnly) || run.IsOption(LayoutOptions.Pattern) ? run.CheckpointPattern() : null,
            Include = run.Texts(ObjectOptions.Include),
            Exclude = run.Texts(ObjectOptions.Exclude),
            Store = run.Store(),
        };
        return IntervalOf(run) is { } interval ? settings with { Interval = interval } : settings;
    }

    protected override async Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        if (!run.Has(CompleteOnly))
            run.RefuseUnused("it is about checkpoints, and without --complete-only objects are watched", LayoutOptions.All);
        var settings = ToSettings(run);
        await foreach (var seen in run.Watch(settings, cancellationToken).ConfigureAwait(false))
        {
            if (run.Output.IsJson)
                run.Output.WriteRaw(WatchEventJson.Line(seen));
            else if (seen.Kind != WatchEventKind.Problem)
                run.Output.WriteLine(WatchEventText.Line(seen));
            run.Output.Flush();
        }

        return 0;
    }

    /// <summary>A number alone is seconds, as with the tools that people know.</summary>
    private static TimeSpan? IntervalOf(Invocation run) =>
        double.TryParse(run.Text(Interval), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(2).TotalSeconds))
            : run.Time(Interval);

    /// <summary>The user's own command line is the shell's to read; what an event says is never part of it.</summary>
    private static Watching.WatchCommand Shell(string command, Invocation run) => new()
    {
        Program = OperatingSystem.IsWindows() ? "cmd.exe" : "/bin/sh",
        Arguments = OperatingSystem.IsWindows() ? ["/d", "/s", "/c", command] : ["-c", command],
        OnOutput = run.Output.Info,
    };
}
