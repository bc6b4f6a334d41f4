using System.Buffers.Binary;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// The beginning of an HDF5 file, which says where the file ends (HDFGroup/hdf5: doxygen/examples/H5.format.html, "Disk Format: Level 0A").
/// Keras' weights are such files.
/// </summary>
internal static class Hdf5Superblock
{
    /// <summary>The longest superblock of all versions, without the root group's entry.</summary>
    public const int Length = 96;

    private const int OpenForWriting = 1;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>What is wrong with a file that begins with these bytes; null when nothing is.</summary>
    public static string? Problem(ReadOnlySpan<byte> start, long fileLength)
    {
        if (!start.StartsWith(Signature) || start.Length < 16)
            return "has no HDF5 superblock";
        var (offsetSize, end) = start[8] switch
        {
            0 => (start[13], 24),
            1 => (start[13], 28),
            2 or 3 => (start[9], 12),
            _ => ((byte)0, 0),
        };
        if (end == 0)
            return null;
        if (offsetSize is not (2 or 4 or 8) || start.Length < end + (3 * offsetSize))
            return "has a broken HDF5 superblock";
        if (start[8] == 3 && (start[11] & OpenForWriting) != 0)
            return "is open for writing, says its HDF5 superblock";
        var needed = Number(start.Slice(end + (2 * offsetSize), offsetSize));
        return needed > (ulong)fileLength ? $"has {fileLength} bytes and needs {needed}" : null;
    }

    private static ulong Number(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    };
}
