namespace Trainctl.Storage;

/// <summary>A store on a disk that makes many writes lasting at once, which takes far less time than one by one.</summary>
internal interface IDeferredFlush
{
    /// <summary>Begins a group of writes. Many may be open at a time.</summary>
    IDeferredWrites BeginWrites();
}

/// <summary>Writes that are made lasting together. Disposing lets go of them: what was not flushed by then is flushed with others, if ever.</summary>
internal interface IDeferredWrites : IDisposable
{
    /// <summary>
    /// Begins a write whose object, once complete, is there as for any other write, but for power failures: until <see cref="FlushAsync"/> one may leave a
    /// shorter object.
    /// </summary>
    IBlockWrite Begin(string key, long size, PutOptions options);

    /// <summary>Makes all that this group has written last. Whatever says that those objects are there is written after.</summary>
    /// <exception cref="Diagnostics.TrainctlException">The disk has not taken one of this group's objects, which is gone then.</exception>
    Task FlushAsync(CancellationToken cancellationToken);
}
