namespace Trainctl.Storage;

/// <summary>A store on a disk that makes many writes lasting at once, which takes far less time than one by one.</summary>
internal interface IDeferredFlush
{
    /// <summary>Writes as <see cref="IObjectStore.PutAsync"/> does, but for power failures: until <see cref="FlushAsync"/> one may leave a shorter object.</summary>
    Task<StoredObject> PutDeferredAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken);

    /// <summary>Makes all that was written last. Whatever says that those objects are there is written after.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
