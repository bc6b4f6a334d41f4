namespace Trainctl.Storage;

/// <summary>Whether one object of a store is a copy of another, by all that head requests tell of both. Pure.</summary>
internal static class CopyProof
{
    /// <param name="found">What was copied.</param>
    /// <param name="copy">What is there; null when nothing is.</param>
    public static bool Holds(StoredObject found, StoredObject? copy) => copy?.Size == found.Size
        && HasTimeOf(found, copy)
        && (copy.Checksum is not { } kept || found.Checksum is not { } was || kept == was);

    /// <summary>A copy that went through this machine got the store's own time where the object has none.</summary>
    private static bool HasTimeOf(StoredObject found, StoredObject copy) =>
        copy.ContentModifiedAt == found.ContentModifiedAt || (found.ContentModifiedAt is null && copy.ContentModifiedAt == found.ModifiedAt);
}
