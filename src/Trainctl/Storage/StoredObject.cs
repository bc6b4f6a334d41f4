namespace Trainctl.Storage;

/// <summary>An object as a store describes it in a listing or in answer to a head request.</summary>
public sealed record StoredObject
{
    /// <summary>Name, relative to the root of the store it was read from, with <c>/</c> between segments.</summary>
    public required string Key { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When the store last took the object in; for a folder, the file's modification time. UTC, at the store's resolution.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>
    /// When the content was last modified where it came from: a file's own time, or the time kept in the object's metadata.
    /// Null where unknown; listings of S3 never carry it, head requests do.
    /// </summary>
    public DateTimeOffset? ContentModifiedAt { get; init; }

    /// <summary>Opaque version tag of the content. Compare only for equality, only within one store.</summary>
    public string? ETag { get; init; }

    /// <summary>Version identifier in a versioned bucket, where the store tells it.</summary>
    public string? VersionId { get; init; }

    /// <summary>The content's checksum where the store keeps it and tells it without reading the content.</summary>
    public Checksum? Checksum { get; init; }

    /// <summary>
    /// What the metadata says that the checksum was to be, where it is not <see cref="Checksum"/>, which the store computed of what it holds: it was damaged there, or the metadata was
    /// made for another content. Null where the two do not contradict each other.
    /// </summary>
    internal Checksum? AnnouncedChecksum { get; init; }

    /// <summary>MD5 of the content, 32 lower-case hex digits, only where the store is known to mean just that.</summary>
    public string? ContentMd5 { get; init; }

    /// <summary>What another program had the store keep of the whole content, besides <see cref="ContentMd5"/>.</summary>
    internal KeptDigest? OthersDigest { get; init; }

    /// <summary>Whether nothing but a digest of parts of unknown size is kept, which need not be what content comes to that is right.</summary>
    internal bool IsDigestGuessed => Checksum is null && Digest is { Kind: DigestKind.Md5OfParts };

    /// <summary>Whether content of a checksum is not the object's, by all that its store tells of that.</summary>
    internal bool IsContradictedBy(Checksum checksum) => (Checksum is { } kept && kept != checksum) || (AnnouncedChecksum is { } announced && announced != checksum);

    /// <summary>What proves the content where there is no <see cref="Checksum"/>; null when the store tells nothing that could.</summary>
    internal KeptDigest? Digest => OthersDigest ?? (ContentMd5 is { } md5 ? new KeptDigest(DigestKind.Md5, md5) : null);

    /// <summary>The text of the symbolic link that it is, as a listing of a folder found it; null where it is none, and where nobody looked.</summary>
    internal string? LinkTarget { get; init; }

    /// <summary>How it is encrypted, where that is with a key of a key service; listings do not tell it.</summary>
    internal ObjectEncryption? Encryption { get; init; }

    /// <summary>What others had the store keep with it; listings do not tell it.</summary>
    internal ObjectAttributes? Attributes { get; init; }

    /// <summary>Storage class as the store names it; null for the standard class.</summary>
    public string? StorageClass { get; init; }

    /// <summary>
    /// Storage class for a copy: an object in an archive class could be copied because it was restored for some days, and its copy there would have to be restored first.
    /// </summary>
    internal string? ClassOfCopy => StorageClass is "GLACIER" or "DEEP_ARCHIVE" ? null : StorageClass;
}
