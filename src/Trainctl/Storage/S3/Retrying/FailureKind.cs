namespace Trainctl.Storage.S3.Retrying;

/// <summary>What a failure says about asking again.</summary>
internal enum FailureKind
{
    /// <summary>The same request would fail the same way: denied, gone, changed, malformed.</summary>
    Permanent,

    /// <summary>The store or the way to it had a bad moment.</summary>
    Transient,

    /// <summary>The store asks for fewer requests.</summary>
    Throttled,

    /// <summary>Bytes were damaged on their way and the store noticed.</summary>
    Damaged,

    /// <summary>The answer could not be read: cut short, damaged, or not one of S3.</summary>
    Garbled,

    /// <summary>Nobody listens at the address, or it has no name.</summary>
    Unreachable,

    /// <summary>This machine's clock is wrong; it was corrected by the store's answer.</summary>
    ClockSkewed,

    /// <summary>Credentials that were valid are so no more.</summary>
    CredentialsExpired,

    /// <summary>The bucket is in another region, which the answer names.</summary>
    Elsewhere,
}
