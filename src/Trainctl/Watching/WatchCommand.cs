namespace Trainctl.Watching;

/// <summary>
/// A program that is run for each event, one at a time, in order, before the event is handed out. No shell is involved, and nothing of an event becomes
/// part of the command line. The event is in the environment (<c>TRAINCTL_EVENT</c>, <c>TRAINCTL_KEY</c>, <c>TRAINCTL_URL</c>, …, see
/// <c>docs/watch.md</c>) and, as one line of JSON, on the standard input. A program that fails is reported in the event, and the watch goes on.
/// </summary>
public sealed record WatchCommand
{
    /// <summary>
    /// The program: a name that is looked for on the search path, or a path, absolute or relative to the host's working directory. It runs in that directory.
    /// </summary>
    public required string Program { get; init; }

    /// <summary>Its arguments, each passed on as it is.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Called with each line that the program writes, to its output or its error output; one line at a time. Null: lines go to the host's log.</summary>
    public Action<string>? OnOutput { get; init; }
}
