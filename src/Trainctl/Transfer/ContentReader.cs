using System.Buffers;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>Reads content for what is in it: whole ranges into a buffer, or a checksum.</summary>
internal static class ContentReader
{
    /// <summary>In bytes.</summary>
    public const int BlockSize = 128 * 1024;

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

    /// <summary>Reads all, or a range, block by block.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="found">The object; fails when it is no longer this one.</param>
    /// <param name="range">Which bytes; null for all.</param>
    /// <param name="onBlock">Given each block, which is its own until it is done.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task ReadBlocksAsync(
        IObjectReader source, StoredObject found, ByteRange? range, Func<ReadOnlyMemory<byte>, ValueTask> onBlock, CancellationToken cancellationToken)
    {
        var stream = await source.OpenReadAsync(found.Key, range, found.ETag, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            await ReadBlocksAsync(stream, onBlock, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="ReadBlocksAsync(IObjectReader, StoredObject, ByteRange?, Func{ReadOnlyMemory{byte}, ValueTask}, CancellationToken)"/>.</summary>
    /// <returns>The checksum of what was read.</returns>
    public static async Task<Checksum> ReadHashedAsync(
        IObjectReader source, StoredObject found, ByteRange? range, Func<ReadOnlyMemory<byte>, ValueTask> onBlock, CancellationToken cancellationToken)
    {
        var hashed = new HashedBlocks(onBlock);
        await ReadBlocksAsync(source, found, range, hashed.TakeAsync, cancellationToken).ConfigureAwait(false);
        return hashed.Checksum;
    }

    /// <summary>Moves all that a stream brings into a write as it arrives.</summary>
    /// <returns>The checksum and, where asked for, another digest.</returns>
    public static async Task<(Checksum Checksum, KeptDigest? Digest)> CopyAsync(
        Stream content, IBlockWrite target, KeptDigest? expected, CancellationToken cancellationToken)
    {
        using var hash = expected is null ? null : new DigestHash(expected);
        var offset = 0L;
        var hashed = new HashedBlocks(Write);
        await ReadBlocksAsync(content, hashed.TakeAsync, cancellationToken).ConfigureAwait(false);
        return (hashed.Checksum, hash?.Finish());

        ValueTask Write(ReadOnlyMemory<byte> block)
        {
            hash?.Append(block.Span);
            target.WriteBlock(offset, block.Span);
            offset += block.Length;
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Moves a range into a write as it arrives.</summary>
    /// <returns>The checksum of the range.</returns>
    public static Task<Checksum> CopyAsync(IObjectReader source, StoredObject found, ByteRange range, IBlockWrite target, CancellationToken cancellationToken)
    {
        var offset = range.Offset;
        return ReadHashedAsync(source, found, range, Write, cancellationToken);

        ValueTask Write(ReadOnlyMemory<byte> block)
        {
            target.WriteBlock(offset, block.Span);
            offset += block.Length;
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Reads a range for its checksum and, where asked for, its MD5 in lower-case hexadecimal digits.</summary>
    public static async Task<(Checksum Checksum, string? Md5)> DigestAsync(
        IObjectReader source, StoredObject found, ByteRange range, bool withMd5, CancellationToken cancellationToken)
    {
        using var hash = withMd5 ? Md5.Begin() : null;
        var checksum = await ReadHashedAsync(source, found, range, Append, cancellationToken).ConfigureAwait(false);
        return (checksum, hash is null ? null : Convert.ToHexStringLower(hash.Finish()));

        ValueTask Append(ReadOnlyMemory<byte> block)
        {
            hash?.Append(block.Span);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>The checksum of an object: what the store keeps, else by reading it all. Fails where what it keeps contradicts itself.</summary>
    public static async Task<Checksum> ChecksumAsync(IObjectReader source, StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Checksum is not null)
            return KnownOf(source, found);
        if (source.Traits.KeepsChecksums && await source.HeadAsync(found.Key, cancellationToken).ConfigureAwait(false) is { Checksum: not null } head
            && head.ETag == found.ETag)
        {
            return KnownOf(source, head);
        }

        return await ReadChecksumAsync(source, found, static _ => { }, cancellationToken).ConfigureAwait(false);
    }

    private static Checksum KnownOf(IObjectReader source, StoredObject found) => found.AnnouncedChecksum is null ? found.Checksum!.Value : throw new TrainctlException(
        TrainctlError.ChecksumMismatch,
        $"'{source.Root.Append(found.Key)}' is {found.Checksum} by the checksum that the store computed, and {found.AnnouncedChecksum} by its metadata. It was damaged there, or the "
        + "metadata was made for another content. Write it again.",
        found.Key);

    /// <summary>The checksum of what an object's content is now: reads it all.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="found">The object; fails when it is no longer this one.</param>
    /// <param name="onRead">Told of each number of bytes that was read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Checksum> ReadChecksumAsync(IObjectReader source, StoredObject found, Action<int> onRead, CancellationToken cancellationToken)
    {
        if (found.Size == 0)
            return Crc64.Empty;
        return await ReadHashedAsync(source, found, null, Count, cancellationToken).ConfigureAwait(false);

        ValueTask Count(ReadOnlyMemory<byte> block)
        {
            onRead(block.Length);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>
    /// Reads to the end. Over TLS each read brings no more than a record, 16 KiB, so what comes without waiting is put together to whole blocks; what has come is
    /// handed on before anything is waited for.
    /// </summary>
    private static async Task ReadBlocksAsync(Stream stream, Func<ReadOnlyMemory<byte>, ValueTask> onBlock, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        var isLent = false;
        try
        {
            var (start, end) = (0, 0);
            while (true)
            {
                var reading = stream.ReadAsync(buffer.AsMemory(end, BlockSize - end), cancellationToken);
                if (!reading.IsCompleted && start < end)
                {
                    isLent = true;
                    await onBlock(buffer.AsMemory(start, end - start)).ConfigureAwait(false);
                    isLent = false;
                    start = end;
                }

                var read = await reading.ConfigureAwait(false);
                end += read;
                if (start < end && (read == 0 || end == BlockSize))
                {
                    await onBlock(buffer.AsMemory(start, end - start)).ConfigureAwait(false);
                    (start, end) = (0, 0);
                }

                if (read == 0)
                    break;
            }
        }
        finally
        {
            // A read that is still under way when its block's fellows fail may write into the buffer later.
            if (!isLent)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes the checksum of blocks on their way.</summary>
    private sealed class HashedBlocks(Func<ReadOnlyMemory<byte>, ValueTask> onBlock)
    {
        private readonly System.IO.Hashing.Crc64 _hash = new(System.IO.Hashing.Crc64ParameterSet.Nvme);

        public Checksum Checksum => new(_hash.GetCurrentHashAsUInt64());

        public ValueTask TakeAsync(ReadOnlyMemory<byte> block)
        {
            _hash.Append(block.Span);
            return onBlock(block);
        }
    }
}
