using System.Globalization;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3;

/// <summary>The ETag that most stores give an object made of parts: the MD5 of the parts' MD5s, and their number.</summary>
internal static class MultipartETag
{
    private const long MebiByte = 1024 * 1024;

    /// <summary>
    /// What programs send when nobody says otherwise, in MiB, the usual first: AWS SDKs and tools and s3transfer 8, rclone and the least that S3 takes 5, mc 16, s5cmd and s3fs 50,
    /// s3a 64, s3cmd 15.
    /// </summary>
    private static readonly long[] UsualPartSizes = [8, 5, 16, 50, 64, 10, 15, 32, 100, 128, 25, 20, 256, 512, 1024];

    /// <summary>More than that would be computed for little.</summary>
    private const int MostCandidates = 3;

    /// <summary>An ETag as a digest; null when it is none of parts, or nothing tells how large they may have been.</summary>
    /// <param name="etag">Without quotes.</param>
    /// <param name="size">Of the object in bytes.</param>
    public static KeptDigest? DigestOf(string? etag, long size)
    {
        if (etag is not { Length: > 33 } || etag[32] != '-' || ObjectMetadata.Md5Of(etag[..32], null) is null
            || !int.TryParse(etag.AsSpan(33), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return null;
        }

        // All parts but the last have one size: the largest number of MiB that still gives so many, and the smallest.
        var most = count == 1 ? long.MaxValue : (size - 1) / (count - 1) / MebiByte;
        var least = ((size - 1) / count / MebiByte) + 1;
        var usual = UsualPartSizes.Where(s => s >= least && s <= most);
        long[] sizes = count == 1 ? [least]
            : most - least < MostCandidates ? [.. usual.Union(Enumerable.Range(0, (int)Math.Max(0, most - least + 1)).Select(i => least + i))]
            : [.. usual.Take(MostCandidates)];
        return sizes.Length == 0 ? null : new KeptDigest(DigestKind.Md5OfParts, etag.ToLowerInvariant()) { PartSizes = [.. sizes.Select(static s => s * MebiByte)] };
    }

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
            hash.Append(Convert.FromHexString(md5));
            count++;
        }

        return count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(hash.Finish())}-{count}");
    }
}
