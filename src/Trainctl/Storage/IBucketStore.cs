namespace Trainctl.Storage;

/// <summary>
/// A store that keeps more than its current objects, as buckets do: earlier versions, parts of uploads that never ended, tags. None of it shows in a
/// listing; all of it may cost money. Stores that have no such thing do not implement it, and a service that does not offer one of the calls fails it
/// with <see cref="Diagnostics.TrainctlError.StoreRejected"/>.
/// </summary>
public interface IBucketStore : IObjectStore
{
    /// <summary>
    /// Whether deleting hides objects behind a marker and keeps their content. True also where versioning was on once and is suspended now.
    /// </summary>
    Task<bool> IsVersionedAsync(CancellationToken cancellationToken = default);

    /// <summary>Streams the versions that are not current, and all delete markers, in the order of keys.</summary>
    /// <param name="prefix">Only keys that begin with it.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<HiddenVersion> ListHiddenVersionsAsync(string prefix = "", CancellationToken cancellationToken = default);

    /// <summary>Deletes versions for good. One that is already gone is a success. Never throws for a single version.</summary>
    /// <returns>One outcome per version, in the same order.</returns>
    Task<IReadOnlyList<DeleteOutcome>> DeleteVersionsAsync(IReadOnlyList<HiddenVersion> versions, CancellationToken cancellationToken = default);

    /// <summary>Streams the multipart uploads that were begun and neither completed nor aborted, in the order of keys.</summary>
    /// <param name="prefix">Only keys that begin with it.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="Diagnostics.TrainctlException">
    /// <see cref="Diagnostics.TrainctlError.StoreRejected"/> where the service does not list by prefix, as MinIO, whose answer would always be none.
    /// </exception>
    IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix = "", CancellationToken cancellationToken = default);

    /// <summary>Removes an unfinished upload and its parts. One that has ended meanwhile is a success.</summary>
    Task AbortUploadAsync(UnfinishedUpload upload, CancellationToken cancellationToken = default);

    /// <summary>The tags of an object; empty when it has none.</summary>
    /// <exception cref="Diagnostics.TrainctlException">
    /// <see cref="Diagnostics.TrainctlError.ObjectNotFound"/> when the object is not there.
    /// </exception>
    Task<IReadOnlyDictionary<string, string>> ReadTagsAsync(string key, CancellationToken cancellationToken = default);
}

/// <summary>A version behind the current one, or a delete marker.</summary>
/// <param name="Key">The object.</param>
/// <param name="VersionId">Names the version.</param>
/// <param name="IsDeleteMarker">Whether it holds nothing and says that the object is deleted.</param>
/// <param name="IsCurrent">Whether it is the newest of its key; only a delete marker can be here.</param>
/// <param name="Size">Bytes; 0 for a delete marker.</param>
/// <param name="HiddenAt">Since when it is hidden: when the next version of its key was written; for a current delete marker, when that was.</param>
public sealed record HiddenVersion(string Key, string VersionId, bool IsDeleteMarker, bool IsCurrent, long Size, DateTimeOffset HiddenAt)
{
    /// <summary>When it was written; null where the store did not tell.</summary>
    internal DateTimeOffset? WrittenAt { get; init; }
}

/// <summary>A multipart upload that has not ended.</summary>
/// <param name="Key">The object that it would have become.</param>
/// <param name="UploadId">Names the upload.</param>
/// <param name="StartedAt">When it was begun; null where the store does not tell, as SeaweedFS. It may be under way then, from another machine too.</param>
/// <param name="Bytes">Size of the parts that are there.</param>
public sealed record UnfinishedUpload(string Key, string UploadId, DateTimeOffset? StartedAt, long Bytes);
