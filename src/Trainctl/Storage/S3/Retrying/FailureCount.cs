namespace Trainctl.Storage.S3.Retrying;

/// <summary>
/// How often one request has failed. What is put right before it is sent again counts for itself, so that bad moments do not use up the one time that it may be.
/// </summary>
internal struct FailureCount
{
    private int _clocks;
    private int _credentials;
    private int _regions;
    private int _others;

    public readonly int Total => _clocks + _credentials + _regions + _others;

    /// <summary>Counts one more.</summary>
    /// <returns>How many of that kind there were; all that nothing can be done about are of one.</returns>
    public int Add(FailureKind kind) => kind switch
    {
        FailureKind.ClockSkewed => ++_clocks,
        FailureKind.CredentialsExpired => ++_credentials,
        FailureKind.Elsewhere => ++_regions,
        _ => ++_others,
    };
}
