using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Transfer.S5cmd;

/// <summary>Which way bytes go.</summary>
internal enum TransferDirection
{
    /// <summary>From a folder to S3.</summary>
    Upload,

    /// <summary>From S3 to a folder.</summary>
    Download,
}

/// <summary>Whether s5cmd can move an object as Trainctl wants it, and so that it can be proven. Pure.</summary>
internal static class S5cmdSuitability
{
    private const string GoogleHost = "storage.googleapis.com";

    /// <summary>Which way an object goes; null when it is not between a folder and S3.</summary>
    public static TransferDirection? DirectionOf(TransferItem item) => (item.Source, item.Destination) switch
    {
        (FolderStore, IForeignAccess) => TransferDirection.Upload,
        (IForeignAccess, FolderStore) => TransferDirection.Download,
        _ => null,
    };

    /// <summary>The bucket's side.</summary>
    public static IForeignAccess BucketOf(TransferItem item) => item.Source as IForeignAccess ?? (IForeignAccess)item.Destination;

    /// <summary>Why s5cmd is not to move it, as half a sentence; null when it may.</summary>
    public static string? ReasonAgainst(TransferItem item)
    {
        if (DirectionOf(item) is not { } direction)
            return "it is not between a folder and S3";
        var bucket = BucketOf(item);
        var (key, file) = direction == TransferDirection.Upload
            ? (bucket.FullKey(item.Key), FilePath(item.Source, item.Object.Key))
            : (bucket.FullKey(item.Object.Key), FilePath(item.Destination, item.Key));
        return AgainstBucket(bucket, direction == TransferDirection.Upload ? item.Destination.Root : item.Source.Root)
            ?? AgainstKey(key)
            ?? (ShellWord.IsPossible(file) && !file.Contains("://", StringComparison.Ordinal) ? null : "s5cmd cannot be told its path")
            ?? AgainstClass(direction == TransferDirection.Upload ? item.StorageClass : null, direction == TransferDirection.Download ? item.Object.StorageClass : null);
    }

    /// <summary>Path of the file that a key of a folder names.</summary>
    public static string FilePath(IObjectReader folder, string key) => FolderPath.ToPath(folder.Root.Path, key);

    private static string? AgainstBucket(IForeignAccess bucket, ObjectUrl root)
    {
        if (bucket.Peculiarity is { } peculiarity)
            return peculiarity;
        // s5cmd decides by itself where the bucket goes: into the path for every address that it is given (peak/s5cmd: storage/s3.go).
        if (root.Kind != StoreKind.S3 || bucket.Endpoint?.Host == GoogleHost)
            return "it is in Google's service";
        if (bucket.PathStyle != bucket.Endpoint is not null)
            return "s5cmd would address the bucket in another way";
        if (bucket.Endpoint is { } endpoint && (endpoint.AbsolutePath != "/" || endpoint.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase)))
            return "s5cmd cannot be told the address of the service";
        return root.Bucket.Contains(':', StringComparison.Ordinal) ? "s5cmd cannot be told the bucket's name" : null;
    }

    private static string? AgainstKey(string key)
    {
        if (!ShellWord.IsPossible(key))
            return "its key holds a control character";
        // An HTTP client or a proxy may fold such segments, which leads to another object.
        return key.Split('/').Any(static s => s is "" or "." or "..") ? "its key has an empty segment, '.' or '..'" : null;
    }

    private static string? AgainstClass(string? wanted, string? found)
    {
        if (wanted is not null && !wanted.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            return "s5cmd cannot be told its storage class";
        return found is not null && (found.Contains("GLACIER", StringComparison.Ordinal) || found.Contains("ARCHIVE", StringComparison.Ordinal))
            ? "it is archived"
            : null;
    }
}
