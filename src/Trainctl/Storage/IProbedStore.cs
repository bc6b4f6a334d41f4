namespace Trainctl.Storage;

/// <summary>A store behind a network, that can be asked about itself and about what the contract of stores does not tell.</summary>
internal interface IProbedStore
{
    /// <summary>Who made it, as far as is known by now.</summary>
    StoreProvider Provider { get; }

    /// <summary>How it is reached and asked, as names and values for a person; by what is known by now, and without a request.</summary>
    IReadOnlyList<(string Name, string Value)> Describe();

    /// <summary>Asks without credentials whether anybody is there.</summary>
    Task<StoreAnswer> ReachAsync(TimeProvider time, CancellationToken cancellationToken);

    /// <summary>Looks for credentials, and says where they came from; never what they are.</summary>
    Task<string> FindCredentialsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whether the store refuses content that is not what its digest says, of an object and of a part, which other code of the store takes. The object may be written, and the part.
    /// </summary>
    /// <param name="key">Of the object.</param>
    /// <param name="upload">What the part is sent to; null where there is none, and no part is sent.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Probe> RefusesDamageAsync(string key, UnfinishedUpload? upload, CancellationToken cancellationToken);

    /// <summary>Whether a write can be kept from replacing an object that is there. The object may be written.</summary>
    Task<Probe> HasConditionalPutAsync(string key, CancellationToken cancellationToken);

    /// <summary>Whether a deletion can be kept from hitting another version of an object that is there. The object may be deleted.</summary>
    Task<Probe> HasConditionalDeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Whether objects that are there can be deleted by one request. They may be deleted.</summary>
    Task<Probe> DeletesManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);
}

/// <summary>The first answer of a service.</summary>
/// <param name="Status">HTTP status; that of an error is an answer too.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="ClockDifference">How far its clock is ahead; null when it tells no time.</param>
/// <param name="Region">Where the bucket is, as it says; null when it does not.</param>
/// <param name="SigningRegion">The region that requests are signed for.</param>
internal sealed record StoreAnswer(int Status, TimeSpan Elapsed, TimeSpan? ClockDifference, string? Region, string SigningRegion);

/// <summary>What came of a probe.</summary>
/// <param name="Works">Whether the store does it.</param>
/// <param name="Finding">In a few words.</param>
/// <param name="Consequence">What the engine does about it.</param>
internal sealed record Probe(bool Works, string Finding, string Consequence);
