namespace Trainctl.Storage;

/// <summary>
/// The reading half of a store. An instance is rooted at an <see cref="ObjectUrl"/>; every key is relative to that root.
/// <para>All members may be called at the same time from many threads.</para>
/// <para>Failures are <see cref="Diagnostics.TrainctlException"/>; cancellation is <see cref="OperationCanceledException"/>, unwrapped.</para>
/// </summary>
public interface IObjectReader : IAsyncDisposable
{
    /// <summary>What the store is rooted at. Never ends with a separator except for the root of a bucket or file system.</summary>
    ObjectUrl Root { get; }

    /// <summary>What planners and runners must know about the store.</summary>
    StoreTraits Traits { get; }

    /// <summary>
    /// Lists objects in the order of their keys' UTF-8 bytes (<see cref="KeyOrder"/>), as a stream, over any number of pages.
    /// <para>A store that exists and is empty lists nothing. A bucket or folder that does not exist fails with
    /// <see cref="Diagnostics.TrainctlError.StoreNotFound"/> before the first object. (A prefix in a bucket that holds nothing is just empty.)</para>
    /// <para>When the stream ends without an exception, the listing was complete, except below problems that hide objects.</para>
    /// <para>Temporary objects of Trainctl's own (<see cref="TemporaryName"/>) are not listed; neither is an object that has the root's own name
    /// with a slash at its end, which has no key below the root.</para>
    /// <para>A store that does not keep the order, repeats itself or leaves a page out fails with <see cref="Diagnostics.TrainctlError.StoreRejected"/>.</para>
    /// </summary>
    IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Describes one object with all that the store knows of it, or null when there is no such object. Where the whole store is missing, a bucket
    /// fails with <see cref="Diagnostics.TrainctlError.StoreNotFound"/>; a folder, which the first write makes, answers null.
    /// </summary>
    Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens an object's content. The stream ends after exactly the requested bytes, or fails: it never ends early in silence.
    /// </summary>
    /// <param name="key">The object; fails with <see cref="Diagnostics.TrainctlError.ObjectNotFound"/> when it is not there.</param>
    /// <param name="range">Which bytes; null for all. A range that is not wholly inside the object fails.</param>
    /// <param name="ifMatch">
    /// When given, fails with <see cref="Diagnostics.TrainctlError.ChangedDuringTransfer"/> unless the object still has this ETag.
    /// </param>
    /// <param name="cancellationToken">Ends the opening; later reads take a token of their own.</param>
    Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default);
}
