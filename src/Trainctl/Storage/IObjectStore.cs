namespace Trainctl.Storage;

/// <summary>
/// A store that can be written. Adds to <see cref="IObjectReader"/>:
/// <para>An object is either whole under its key or not there: a write that fails, is cancelled or dies leaves what was there before.</para>
/// <para>Writing and deleting may be repeated: the second time changes nothing.</para>
/// </summary>
public interface IObjectStore : IObjectReader
{
    /// <summary>
    /// Why no object can be stored under this key here, as one sentence; null when one can.
    /// Every write of a refused key fails with <see cref="Diagnostics.TrainctlError.UnsafeKey"/>.
    /// </summary>
    string? RefusalOf(string key);

    /// <summary>Writes a whole object from memory. The store proves what it took in as far as it can.</summary>
    /// <returns>The object as stored, at least key, size and, where the store has one, ETag.</returns>
    Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins an object that is written in parts. Nothing is visible until <see cref="IMultipartWrite.CompleteAsync"/> returns.
    /// </summary>
    /// <param name="key">The object.</param>
    /// <param name="size">Its whole length in bytes; at least 1.</param>
    /// <param name="options">As for <see cref="PutAsync"/>.</param>
    /// <param name="cancellationToken">Ends the beginning only.</param>
    Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes objects, any number of them. An object that is already gone is a success. Never throws for a single object.
    /// </summary>
    /// <returns>One outcome per request, in the same order.</returns>
    Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default);
}

/// <summary>
/// An object on its way in, in parts. Disposing without completing aborts it and removes every trace, also after cancellation
/// (on a time-limited token of its own).
/// </summary>
public interface IMultipartWrite : IAsyncDisposable
{
    /// <summary>Writes one part. Parts may be written at the same time, in any order, and again after a failure.</summary>
    /// <param name="number">From 1, in the order of offsets.</param>
    /// <param name="offset">Where in the object the part begins.</param>
    /// <param name="content">The part's bytes.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the object visible under its key, once all parts are written. Fails with <see cref="Diagnostics.TrainctlError.ChecksumMismatch"/> when
    /// parts are missing, and nothing becomes visible.
    /// </summary>
    /// <param name="checksum">
    /// Of the whole content, computed while it passed through. Where the store can check it, it does; a store that keeps checksums and was told
    /// another one in <see cref="PutOptions.Checksum"/> fails with <see cref="Diagnostics.TrainctlError.ChangedDuringTransfer"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the call; the object may then be there or not.</param>
    Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default);
}

/// <summary>How an object is to be stored.</summary>
public sealed record PutOptions
{
    /// <summary>Kept with the object and restored on download: the file's time, or in object metadata.</summary>
    public DateTimeOffset? ContentModifiedAt { get; init; }

    /// <summary>The whole content's checksum, kept with the object where the store can.</summary>
    public Checksum? Checksum { get; init; }

    /// <summary>Storage class as the store names it; null for its default. Ignored by stores that have none.</summary>
    public string? StorageClass { get; init; }

    /// <summary>How the object is to be encrypted where the store was not told of another way; null: as the store does by itself.</summary>
    internal ObjectEncryption? Encryption { get; init; }

    /// <summary>Kept with the object where the store can; null: what the store does by itself, and a media type by the key's ending.</summary>
    internal ObjectAttributes? Attributes { get; init; }
}

/// <summary>One object to delete.</summary>
/// <param name="Key">The object.</param>
/// <param name="Expected">
/// What was seen when the deletion was decided. When the object's ETag (or, without one, size or time) is another now, it is not deleted and the
/// outcome is <see cref="Diagnostics.TrainctlError.Drift"/>. Null deletes whatever is there.
/// </param>
public sealed record DeleteRequest(string Key, StoredObject? Expected = null)
{
    /// <summary>
    /// Whether <see cref="Expected"/> was seen so lately that looking once more would show nothing newer by the time the deletion arrives. A store whose own
    /// deletion has no condition may leave that out.
    /// </summary>
    internal bool IsFresh { get; init; }

    /// <summary>
    /// Whether a folder store may reach the object through links that stay inside the folder, as writes may: for who takes back what it wrote. Without it nothing
    /// behind a link to a folder is deleted, as it belongs to where the link leads.
    /// </summary>
    internal bool MayPassLinks { get; init; }
}

/// <summary>What became of one <see cref="DeleteRequest"/>.</summary>
/// <param name="Key">The object.</param>
/// <param name="Failure">Null when the object is gone now.</param>
public sealed record DeleteOutcome(string Key, Diagnostics.TrainctlException? Failure);
