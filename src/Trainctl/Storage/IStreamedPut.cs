namespace Trainctl.Storage;

/// <summary>A store that takes a local file from where it is, so that it need not be in memory.</summary>
internal interface IStreamedPut
{
    /// <summary>Writes one whole object, as <see cref="IObjectStore.PutAsync"/> does.</summary>
    /// <param name="key">The object.</param>
    /// <param name="source">Where the file is.</param>
    /// <param name="found">The file; the write fails when it is no longer this one.</param>
    /// <param name="options">How it is stored; the checksum is the store's to compute.</param>
    /// <param name="onRead">Told of the content's checksum before any of it is sent. What it throws ends the write.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>The object, with its checksum.</returns>
    Task<StoredObject> PutAsync(
        string key, IObjectReader source, StoredObject found, PutOptions options, Action<Checksum> onRead, CancellationToken cancellationToken);
}
