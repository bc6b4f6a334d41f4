namespace Trainctl.Storage.S3;

internal static class StorageClassName
{
    /// <summary>The class as the store names it; null for the standard one.</summary>
    public static string? Of(string? storageClass) => storageClass is { Length: > 0 } name && name != "STANDARD" ? name : null;
}
