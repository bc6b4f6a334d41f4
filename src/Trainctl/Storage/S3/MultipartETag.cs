using System.Globalization;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3;

/// <summary>The ETag that most stores give an object made of parts: the MD5 of the parts' MD5s, and their number.</summary>
internal static class MultipartETag
{
    /// <summary>The ETag; null when the parts' own are no MD5s.</summary>
    /// <param name="partETags">In the order of the parts, with or without quotes.</param>
    public static string? Of(IEnumerable<string> partETags)
    {
        using var hash = Md5.Begin();
        var count = 0;
        foreach (var etag in partETags)
        {
            if (ObjectMetadata.Md5Of(ObjectMetadata.Unquote(etag), null) is not { } md5)
                return null;
            hash.AppendData(Convert.FromHexString(md5));
            count++;
        }

        return count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(hash.GetHashAndReset())}-{count}");
    }
}
