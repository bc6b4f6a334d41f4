using System.Buffers;
using System.Security.Cryptography;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>Reads content for what is in it: whole ranges into a buffer, or a checksum.</summary>
internal static class ContentReader
{
    private const int BlockSize = 128 * 1024;

    /// <summary>Fills the buffer with the first bytes of a range.</summary>
    public static async Task ReadAsync(
        IObjectReader source, StoredObject found, ByteRange? range, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
            return;
        var stream = await source.OpenReadAsync(found.Key, range, found.ETag, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            await stream.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves a range into a write as it arrives.</summary>
    /// <returns>The checksum of the range.</returns>
    public static async Task<Checksum> CopyAsync(
        IObjectReader source, StoredObject found, ByteRange range, IBlockWrite target, CancellationToken cancellationToken)
    {
        var hash = new System.IO.Hashing.Crc64(System.IO.Hashing.Crc64ParameterSet.Nvme);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var stream = await source.OpenReadAsync(found.Key, range, found.ETag, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var offset = range.Offset;
                int read;
                while ((read = await stream.ReadAsync(buffer.AsMemory(0, BlockSize), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    hash.Append(buffer.AsSpan(0, read));
                    target.WriteBlock(offset, buffer.AsSpan(0, read));
                    offset += read;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new Checksum(hash.GetCurrentHashAsUInt64());
    }

    /// <summary>Reads a range for its checksum and, where asked for, its MD5 in lower-case hexadecimal digits.</summary>
    public static async Task<(Checksum Checksum, string? Md5)> DigestAsync(
        IObjectReader source, StoredObject found, ByteRange range, bool withMd5, CancellationToken cancellationToken)
    {
        var crc = new System.IO.Hashing.Crc64(System.IO.Hashing.Crc64ParameterSet.Nvme);
#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: MD5 is what S3 tells about a part, and it is used against accidents only
        using var hash = withMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
#pragma warning restore CA5351
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var stream = await source.OpenReadAsync(found.Key, range, found.ETag, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await stream.ReadAsync(buffer.AsMemory(0, BlockSize), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    crc.Append(buffer.AsSpan(0, read));
                    hash?.AppendData(buffer, 0, read);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return (new Checksum(crc.GetCurrentHashAsUInt64()), hash is null ? null : Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>The checksum of an object: what the store keeps, else by reading it all.</summary>
    public static async Task<Checksum> ChecksumAsync(IObjectReader source, StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Checksum is { } known)
            return known;
        if (source.Traits.KeepsChecksums && await source.HeadAsync(found.Key, cancellationToken).ConfigureAwait(false) is { Checksum: { } kept } head
            && head.ETag == found.ETag)
        {
            return kept;
        }

        return await ReadChecksumAsync(source, found, static _ => { }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The checksum of what an object's content is now: reads it all.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="found">The object; fails when it is no longer this one.</param>
    /// <param name="onRead">Told of each number of bytes that was read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Checksum> ReadChecksumAsync(IObjectReader source, StoredObject found, Action<int> onRead, CancellationToken cancellationToken)
    {
        if (found.Size == 0)
            return Crc64.Empty;
        var hash = new System.IO.Hashing.Crc64(System.IO.Hashing.Crc64ParameterSet.Nvme);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var stream = await source.OpenReadAsync(found.Key, null, found.ETag, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    hash.Append(buffer.AsSpan(0, read));
                    onRead(read);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new Checksum(hash.GetCurrentHashAsUInt64());
    }
}
