namespace Trainctl.Storage.S3.Retrying;

/// <summary>
/// How often one request has failed. What is put right before it is sent again counts for itself, so that bad moments do not use up the one time that it may be.
/// So does what failed because the store was away: that is for the <see cref="RetryBudget"/>.
/// </summary>
internal struct FailureCount
{
    private int _clocks;
    private int _credentials;
    private int _regions;
    private int _outages;
    private int _others;

    public readonly int Total => _clocks + _credentials + _regions + _outages + _others;

    /// <summary>How many times a pause was due.</summary>
    public readonly int Pauses => _outages + _others;

    /// <summary>Counts one more.</summary>
    /// <param name="kind">What it was.</param>
    /// <param name="isOfStore">Whether the store is away, so that it says nothing about the request.</param>
    /// <returns>How many of that kind there were; all that nothing can be done about are of one.</returns>
    public int Add(FailureKind kind, bool isOfStore)
    {
        if (isOfStore && _others > 0)
        {
            _outages++;
            return _others;
        }

        return kind switch
        {
            FailureKind.ClockSkewed => ++_clocks,
            FailureKind.CredentialsExpired => ++_credentials,
            FailureKind.Elsewhere => ++_regions,
            _ => ++_others,
        };
    }
}
