using Trainctl.Cli.Commands;
using Trainctl.Retention;

namespace Trainctl.Cli.Options;

/// <summary>Which checkpoints stay: the options behind <see cref="RetentionPolicy"/>.</summary>
internal static class RetentionOptions
{
    private const string Group = "retention";

    private static readonly Dictionary<string, MetricMode> Modes = new(StringComparer.Ordinal) { ["min"] = MetricMode.Min, ["max"] = MetricMode.Max };

    public static readonly Setting KeepLast = Setting.Text("--keep-last-n", "number", "Keep this many of the newest of each run.", Group, null, "--keep-last");
    public static readonly Setting KeepBest = Setting.Text("--keep-best", "number", "Keep this many of the best of each run by --metric.", Group);
    public static readonly Setting Metric = Setting.Text("--metric", "name", "The metric of --keep-best, such as eval_loss.", Group);
    public static readonly Setting Mode = Setting.Text("--mode", "min|max", "Which values of --metric are better. Default: what its name says.", Group, [.. Modes.Keys]);
    public static readonly Setting AllowMissingMetric = Setting.Switch("--allow-missing-metric", "Rank checkpoints without --metric worst, instead of stopping.", Group);
    public static readonly Setting KeepEverySteps = Setting.Text("--keep-every-steps", "number", "Keep those whose step this number divides.", Group);
    public static readonly Setting KeepSteps = Setting.List("--keep-steps", "step[,step]", "Keep those of these steps.", Group);
    public static readonly Setting KeepWithin = Setting.Text("--keep-within", "time", "Keep those saved within this time, such as 7d.", Group);
    public static readonly Setting KeepHourly = Setting.Text("--keep-hourly", "number", "Keep the newest of each of the last so many hours.", Group);
    public static readonly Setting KeepDaily = Setting.Text("--keep-daily", "number", "Keep the newest of each of the last so many days.", Group);
    public static readonly Setting KeepWeekly = Setting.Text("--keep-weekly", "number", "Keep the newest of each of the last so many weeks.", Group);
    public static readonly Setting KeepPaths = Setting.List("--keep-path", "glob", "Keep those whose path matches.", Group);
    public static readonly Setting MaxAge = Setting.Text("--max-age", "time", "Remove older ones, although a rule about number or age keeps them.", Group);
    public static readonly Setting MaxTotalSize = Setting.Text("--max-total-size", "size", "Remove the oldest of each run until the rest needs no more, such as 500GB.", Group);
    public static readonly Setting MinAge = Setting.Text("--min-age", "time", "Never remove younger ones. Default 0.", Group);
    public static readonly Setting AllowRemovingNewest = Setting.Switch("--allow-removing-newest", "Lift the protection of the newest complete one of each run.");
    public static readonly Setting AllowRemovingPointerTargets = Setting.Switch("--allow-removing-pointer-targets", "Lift the protection of what pointers lead to.");
    public static readonly Setting AllowRemovingBest = Setting.Switch("--allow-removing-best", "Lift the protection of what a run recorded as its best.");
    public static readonly Setting AllowRemovingInFlight = Setting.Switch("--allow-removing-in-flight", "Lift the protection of what may still be written.");

    /// <summary>What keeps and what takes away. Overrides of protections are given on the command line and nowhere else.</summary>
    public static readonly Setting[] All =
    [
        KeepLast, KeepBest, Metric, Mode, AllowMissingMetric, KeepEverySteps, KeepSteps, KeepWithin, KeepHourly, KeepDaily, KeepWeekly, KeepPaths,
        MaxAge, MaxTotalSize, MinAge, AllowRemovingNewest, AllowRemovingPointerTargets, AllowRemovingBest, AllowRemovingInFlight,
    ];

    public static RetentionPolicy Policy(this Invocation run) => new()
    {
        KeepLast = run.Int(KeepLast),
        KeepBest = run.Int(KeepBest),
        Metric = run.Text(Metric),
        MetricMode = run.Choice(Mode, Modes),
        AllowMissingMetric = run.Has(AllowMissingMetric),
        KeepEverySteps = run.Long(KeepEverySteps),
        KeepSteps = run.Longs(KeepSteps),
        KeepWithin = run.Time(KeepWithin),
        KeepHourly = run.Int(KeepHourly),
        KeepDaily = run.Int(KeepDaily),
        KeepWeekly = run.Int(KeepWeekly),
        KeepPaths = run.Texts(KeepPaths),
        MaxAge = run.Time(MaxAge),
        MaxTotalSize = run.Bytes(MaxTotalSize),
        MinAge = run.Time(MinAge) ?? TimeSpan.Zero,
        AllowRemovingNewest = run.Has(AllowRemovingNewest),
        AllowRemovingPointerTargets = run.Has(AllowRemovingPointerTargets),
        AllowRemovingBest = run.Has(AllowRemovingBest),
        AllowRemovingInFlight = run.Has(AllowRemovingInFlight),
    };
}
