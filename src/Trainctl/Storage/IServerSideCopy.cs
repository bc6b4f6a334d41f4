namespace Trainctl.Storage;

/// <summary>What a store offers that copies an object to another key by itself, so that its bytes do not travel.</summary>
internal interface IServerSideCopy
{
    /// <summary>The largest object that it copies in one call, in bytes.</summary>
    long MaxCopyBytes { get; }

    /// <summary>
    /// Copies an object with its metadata, key of encryption and storage class, but for archive classes, as long as it is still what was seen, and compares what
    /// has come of it.
    /// </summary>
    /// <param name="found">What was seen, by a head request.</param>
    /// <param name="key">Where to.</param>
    /// <param name="cancellationToken">Ends the call; the copy may then be there or not.</param>
    /// <returns>The copy as a head request tells of it.</returns>
    /// <exception cref="Diagnostics.TrainctlException">It is gone, it changed, or the store refused.</exception>
    Task<StoredObject> CopyAsync(StoredObject found, string key, CancellationToken cancellationToken);
}
