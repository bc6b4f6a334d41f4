namespace Trainctl.Storage;

/// <summary>
/// Whether one object of a store is a copy of another, by all that head requests tell of both. Metadata is copied along and says nothing of the bytes; what the store
/// computed of each by itself does. Pure.
/// </summary>
internal static class CopyProof
{
    /// <param name="found">What was copied.</param>
    /// <param name="copy">What is there; null when nothing is.</param>
    public static bool Holds(StoredObject found, StoredObject? copy) => copy?.Size == found.Size
        && HasTimeOf(found, copy)
        && (copy.Checksum is not { } kept || found.Checksum is not { } was || kept == was || kept == found.AnnouncedChecksum)
        && (found.ContentMd5 is null || copy.ContentMd5 is null || found.ContentMd5 == copy.ContentMd5)
        && MayBeSame(found.OthersDigest, copy.OthersDigest);

    /// <summary>Nobody says that the parts of a copy are those of what was copied.</summary>
    private static bool MayBeSame(KeptDigest? found, KeptDigest? copy) =>
        found?.Kind != copy?.Kind || found?.Kind == DigestKind.Md5OfParts || found == copy;

    /// <summary>A copy that went through this machine got the store's own time where the object has none.</summary>
    private static bool HasTimeOf(StoredObject found, StoredObject copy) =>
        copy.ContentModifiedAt == found.ContentModifiedAt || (found.ContentModifiedAt is null && copy.ContentModifiedAt == found.ModifiedAt);
}
