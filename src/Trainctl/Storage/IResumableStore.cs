namespace Trainctl.Storage;

/// <summary>A store that keeps the parts of an unfinished write, so that another process can go on with it.</summary>
internal interface IResumableStore : IBucketStore
{
    /// <summary>Names an object's place for good, also for another process. What stands for the empty key begins the names of all objects of the store.</summary>
    string IdentityOf(string key);

    /// <summary>What else the store decides when a write begins and keeps for all of it, such as encryption.</summary>
    string WriteConditions { get; }

    /// <summary>As <see cref="IObjectStore.BeginMultipartAsync"/>.</summary>
    Task<IResumableWrite> BeginResumableAsync(string key, long size, PutOptions options, CancellationToken cancellationToken);

    /// <summary>Goes on with a write that was begun earlier, with the same size and options. Null when the store knows it no more.</summary>
    Task<IResumableWrite?> ResumeAsync(string key, long size, PutOptions options, string uploadId, CancellationToken cancellationToken);

    /// <summary>The unfinished writes of one object; told also by services that do not list them by prefix.</summary>
    IAsyncEnumerable<UnfinishedUpload> ListUploadsOfAsync(string key, CancellationToken cancellationToken);

    /// <summary>Whether the store still knows an unfinished write.</summary>
    Task<bool> IsUnfinishedAsync(string key, string uploadId, CancellationToken cancellationToken);
}

/// <summary>A write that can outlive its process.</summary>
internal interface IResumableWrite : IStreamedWrite
{
    /// <summary>The store's name of it.</summary>
    string UploadId { get; }

    /// <summary>Bytes of the parts that the store had when the write was taken up again.</summary>
    long BytesFound { get; }

    /// <summary>Whether the store has a part of that number and length, so that it is worth finding out what it should hold.</summary>
    bool MayHave(int number, long length);

    /// <summary>Takes a part for written if the store has it and it is proven to hold just the bytes that it must.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="offset">Where in the object it begins.</param>
    /// <param name="length">How many bytes it must hold.</param>
    /// <param name="checksum">Theirs.</param>
    /// <param name="tag">What the store called the part when it had taken in just these bytes; null when nobody knows.</param>
    /// <param name="readMd5">Their MD5 in lower-case hexadecimal digits, asked for only where nothing else can prove them.</param>
    ValueTask<bool> TryAdoptAsync(int number, long offset, long length, Checksum checksum, string? tag, Func<ValueTask<string>> readMd5);

    /// <summary>What the store calls a part that was written; null when it did not say.</summary>
    string? TagOf(int number);

    /// <summary>Disposing leaves everything as it is, for a later run.</summary>
    void Keep();
}
