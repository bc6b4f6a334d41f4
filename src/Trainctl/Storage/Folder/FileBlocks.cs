using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Trainctl.Storage.Folder;

/// <summary>Reads what is on the disk already, to prove it.</summary>
internal static class FileBlocks
{
    private const int BlockSize = 128 * 1024;

    /// <summary>The checksum of a range of a file. Null where it is not all there, or cannot be read.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="range">Which bytes.</param>
    /// <param name="onBlock">Given each block; null for nobody.</param>
    public static Checksum? TryRead(SafeFileHandle handle, ByteRange range, BlockAction? onBlock = null)
    {
        var hash = new System.IO.Hashing.Crc64(System.IO.Hashing.Crc64ParameterSet.Nvme);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            int read;
            for (var offset = range.Offset; offset < range.End; offset += read)
            {
                read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(BlockSize, range.End - offset)), offset);
                if (read == 0)
                    return null;
                hash.Append(buffer.AsSpan(0, read));
                onBlock?.Invoke(offset, buffer.AsSpan(0, read));
            }

            return new Checksum(hash.GetCurrentHashAsUInt64());
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
