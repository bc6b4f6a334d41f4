using Trainctl.Checkpoints;
using Trainctl.Cli.Commands;

namespace Trainctl.Cli.Options;

/// <summary>What a checkpoint looks like.</summary>
internal static class LayoutOptions
{
    private const string Group = "checkpoints";

    public static readonly Setting Layout = Setting.Text("--layout", "name", "Only checkpoints of this layout, such as huggingface-trainer. Default: all are looked for.", Group);
    public static readonly Setting Pattern = Setting.Text(
        "--pattern", "regex", "What checkpoints of your own look like, with named groups run, step, epoch, metric: '^(?<run>[^/]+)/snap-(?<step>\\d+)/'.", Group);
    public static readonly Setting Marker = Setting.Text("--marker", "name", "File that is written last into a checkpoint that --pattern finds.", Group);
    public static readonly Setting SettleTime = Setting.Text("--settle-time", "time", "How long a checkpoint that --pattern finds must not have changed. Default 1min.", Group);

    public static readonly Setting[] All = [Layout, Pattern, Marker, SettleTime];

    public static CheckpointPattern? CheckpointPattern(this Invocation run)
    {
        if (run.Text(Pattern) is { } expression)
        {
            var pattern = new CheckpointPattern(expression) { Marker = run.Text(Marker) };
            return run.Time(SettleTime) is { } time ? pattern with { SettleTime = time } : pattern;
        }

        foreach (var setting in (Setting[])[Marker, SettleTime])
        {
            if (run.IsOption(setting))
                throw run.Invalid(setting, "it is about checkpoints that --pattern finds, and there is no --pattern");
        }

        return null;
    }
}
