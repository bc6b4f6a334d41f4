namespace Trainctl.Storage.S3.Retrying;

/// <summary>
/// The one place that decides whether a failed request is sent again, and when: full jitter (a random time up to a limit that doubles), so that many
/// clients that failed together do not come back together.
/// </summary>
internal static class RetryPolicy
{
    /// <summary>More than to the longest delay; without an end the time would overflow.</summary>
    private const int MostDoublings = 16;

    public static TimeSpan FirstDelay { get; } = TimeSpan.FromMilliseconds(100);

    public static TimeSpan LongestDelay { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How many times a request is sent in all, as <see cref="FailureCount"/> counts.</summary>
    /// <param name="kind">What the last failure was.</param>
    /// <param name="hasAnswered">Whether the store has ever answered: one that has not is more likely misspelt than restarting.</param>
    public static int AttemptsFor(FailureKind kind, bool hasAnswered) => kind switch
    {
        FailureKind.Transient or FailureKind.Throttled => 8,
        FailureKind.Unreachable => hasAnswered ? 8 : 3,
        FailureKind.Damaged => 5,
        FailureKind.Garbled => 3,
        FailureKind.ClockSkewed or FailureKind.CredentialsExpired or FailureKind.Elsewhere => 2,
        _ => 1,
    };

    /// <summary>How long to wait before a request is sent again; null when it is not.</summary>
    /// <param name="kind">What the failure was.</param>
    /// <param name="attempt">How many times it failed so, from 1.</param>
    /// <param name="hasAnswered">As for <see cref="AttemptsFor"/>.</param>
    /// <param name="random">From 0 up to 1.</param>
    /// <param name="pauses">How many times it waited, this one included, where that is more.</param>
    public static TimeSpan? DelayAfter(FailureKind kind, int attempt, bool hasAnswered, double random, int pauses = 0)
    {
        if (attempt >= AttemptsFor(kind, hasAnswered))
            return null;
        if (kind is FailureKind.ClockSkewed or FailureKind.CredentialsExpired or FailureKind.Elsewhere)
            return TimeSpan.Zero;
        var limit = FirstDelay * Math.Pow(2, Math.Min(Math.Max(attempt, pauses) - 1, MostDoublings));
        return (limit < LongestDelay ? limit : LongestDelay) * random;
    }
}
