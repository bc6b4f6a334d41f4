using System.Buffers;
using System.IO.Hashing;
using Trainctl.Storage;
using Trainctl.Storage.S3;

namespace Trainctl.Transfer.S5cmd;

/// <summary>What content must be called by a bucket that has received it in parts of a known size.</summary>
/// <param name="Checksum">Of the whole content.</param>
/// <param name="ETag">MD5 of the content, or of its parts' MD5s and their number.</param>
internal sealed record ContentDigest(Checksum Checksum, string ETag)
{
    private const int BlockSize = 128 * 1024;

    /// <summary>Reads an object once.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="found">The object; fails when it is another one by now.</param>
    /// <param name="partSize">In bytes. Content that is no larger is one piece.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ContentDigest> ReadAsync(IObjectReader source, StoredObject found, long partSize, CancellationToken cancellationToken)
    {
        var stream = await source.OpenReadAsync(found.Key, null, found.ETag, cancellationToken).ConfigureAwait(false);
        await using var guard = stream.ConfigureAwait(false);
        var crc = new System.IO.Hashing.Crc64(Crc64ParameterSet.Nvme);
        using var md5 = Md5.Begin();
        var parts = new List<string>();
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long inPart = 0;
            while (true)
            {
                var wanted = (int)Math.Min(buffer.Length, partSize - inPart);
                var read = await stream.ReadAsync(buffer.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false);
                crc.Append(buffer.AsSpan(0, read));
                md5.Append(buffer.AsSpan(0, read));
                inPart += read;
                if (inPart == partSize || (read == 0 && (inPart > 0 || parts.Count == 0)))
                {
                    parts.Add(Convert.ToHexStringLower(md5.Finish()));
                    inPart = 0;
                }

                if (read == 0)
                    break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new ContentDigest(new Checksum(crc.GetCurrentHashAsUInt64()), found.Size <= partSize ? parts[0] : MultipartETag.Of(parts)!);
    }
}
