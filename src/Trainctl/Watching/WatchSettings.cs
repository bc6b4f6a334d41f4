using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Watching;

/// <summary>Watches a location by listing it at intervals. Changes nothing there.</summary>
public sealed record WatchSettings
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    /// <summary>A prefix or folder.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>
    /// Time from the end of one look to the next. Default: 10 seconds; at most a day. After a look that failed it is doubled, up to five minutes, until one
    /// succeeds.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What the store took in after this time is reported at the start, as created. Null: what is there at the start is not reported. Has no effect
    /// where <see cref="StateFile"/> remembers an earlier look.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>
    /// Whether events are about checkpoints and not about objects: one when a checkpoint is whole, one when a whole one has changed and is whole again,
    /// one when it is gone. Default false.
    /// </summary>
    public bool CompleteOnly { get; init; }

    /// <summary>
    /// File that remembers what was seen, so that the next watch begins where this one ended; made when missing. It belongs to one watcher at a time,
    /// with this location, filters and kind of events. Null: nothing is remembered.
    /// </summary>
    public string? StateFile { get; init; }

    /// <summary>Whether to look once and end. Default false. Without <see cref="StateFile"/> or <see cref="Since"/> there is nothing to report.</summary>
    public bool Once { get; init; }

    /// <summary>What to run for each event. Null: nothing.</summary>
    public WatchCommand? Command { get; init; }

    /// <summary>
    /// The only layout of checkpoints to look for, by the name that reports show, for example <c>lightning</c>. Null: all of them. Needs
    /// <see cref="CompleteOnly"/>.
    /// </summary>
    public string? Layout { get; init; }

    /// <summary>
    /// What checkpoints look like where no layout knows them; it is asked before all layouts. Null: there are only known ones. Needs
    /// <see cref="CompleteOnly"/>.
    /// </summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>Globs of keys to watch, or of checkpoints' paths with <see cref="CompleteOnly"/>; empty takes all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Globs of keys or paths to leave out; stronger than <see cref="Include"/>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>Fails where a setting makes no sense.</summary>
    internal void Validate()
    {
        if (Interval <= TimeSpan.Zero || Interval > LongestInterval)
            throw Invalid($"Interval is {Interval}; it must be more than nothing and at most a day.", nameof(Interval));
        if (!CompleteOnly && (Layout is not null || Pattern is not null))
            throw Invalid("Layout and Pattern tell what checkpoints look like, and objects are watched. Set CompleteOnly, or leave them out.", nameof(CompleteOnly));
        if (Command is not null && string.IsNullOrWhiteSpace(Command.Program))
            throw Invalid("Command has an empty Program. Name a program, or leave out Command.", nameof(Command));
    }

    private static TrainctlException Invalid(string message, string setting) => new(TrainctlError.InvalidSetting, message, setting);
}
