namespace Trainctl.Storage;

/// <summary>What a planner and a runner must know about a store. Constant for one store instance.</summary>
public sealed record StoreTraits
{
    /// <summary>The smallest difference between two times that the store can express.</summary>
    public required TimeSpan TimeResolution { get; init; }

    /// <summary>Whether listings carry <see cref="StoredObject.ContentModifiedAt"/>. False for S3, whose listings only know the upload time.</summary>
    public required bool ListsContentTime { get; init; }

    /// <summary>Whether the store keeps a checksum beside an object, so that it can be had without reading the content.</summary>
    public required bool KeepsChecksums { get; init; }

    /// <summary>Whether reading costs no network: content may then be read twice to learn its checksum before it is sent.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>Smallest part of a multipart write, in bytes, except for the last.</summary>
    public long MinPartSizeBytes { get; init; } = 1;

    /// <summary>Largest part of a multipart write, in bytes.</summary>
    public long MaxPartSizeBytes { get; init; } = long.MaxValue;

    /// <summary>Largest number of parts of a multipart write.</summary>
    public int MaxParts { get; init; } = int.MaxValue;
}
