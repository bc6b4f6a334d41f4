using System.Text.Json;
using Trainctl.Storage;
using Trainctl.Storage.Hashing;

namespace Trainctl.Transfer.Resuming;

/// <summary>Names what a transfer carries, so that parts of two runs are put together only where both carry the same. Pure.</summary>
internal static class ContentIdentity
{
    /// <summary>
    /// Of the content and of all that the destination is told of it when the write begins. A whole content's checksum stands for the content wherever
    /// it lies; without one, it is the source's place and version tag. Null where a source tells neither: nothing could be put together then.
    /// </summary>
    public static string? Of(TransferItem item, StoredObject found, PutOptions options, string conditions)
    {
        var checksum = options.Checksum ?? found.Checksum;
        if (checksum is null && found.ETag is null)
            return null;
        var place = checksum is null || !item.Source.Traits.IsLocal
            ? $"{(item.Source as IForeignAccess)?.Endpoint?.Authority} {item.Source.Root.Append(found.Key)}"
            : "";
        string[] all =
        [
            place,
            place.Length == 0 ? "" : found.ETag ?? "",
            place.Length == 0 ? "" : found.VersionId ?? "",
            checksum?.ToString() ?? "",
            found.Size.ToString(System.Globalization.CultureInfo.InvariantCulture),
            options.ContentModifiedAt?.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture) ?? "",
            options.StorageClass ?? "",
            conditions,
            .. options.Attributes is { } attributes ? [attributes.Lines] : Array.Empty<string>(),
        ];
        return Convert.ToHexStringLower(ShortSha256.Of(JsonSerializer.SerializeToUtf8Bytes(all, JournalJson.Default.Texts)));
    }
}
