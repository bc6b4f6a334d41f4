namespace Trainctl.Storage;

/// <summary>A store on a disk that makes many writes lasting at once, which takes far less time than one by one.</summary>
internal interface IDeferredFlush
{
    /// <summary>
    /// Begins a write whose object, once complete, is there as for any other write, but for power failures: until <see cref="FlushAsync"/> one may leave a
    /// shorter object.
    /// </summary>
    IBlockWrite BeginDeferred(string key, long size, PutOptions options);

    /// <summary>Makes all that was written last. Whatever says that those objects are there is written after.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
