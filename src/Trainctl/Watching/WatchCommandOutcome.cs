namespace Trainctl.Watching;

/// <summary>How a <see cref="WatchCommand"/> ended for one event.</summary>
public sealed record WatchCommandOutcome
{
    /// <summary>Its exit code; null when it could not be started.</summary>
    public int? ExitCode { get; init; }

    /// <summary>How long it ran.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Why it did not succeed, as one sentence; null when it did.</summary>
    public string? Error { get; init; }
}
