using System.Buffers.Binary;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// The end of a zip file, which <c>torch.save</c> writes (pytorch/pytorch: torch/serialization.py, caffe2/serialize/inline_container.cc).
/// The record is the last thing in the file, so that a file cut short has none.
/// </summary>
internal static class ZipTail
{
    /// <summary>The record and the longest comment that may follow it.</summary>
    public const int MaxLength = RecordLength + ushort.MaxValue;

    private const int RecordLength = 22;
    private const uint Zip64 = uint.MaxValue;

    private static ReadOnlySpan<byte> Signature => "PK\u0005\u0006"u8;

    /// <summary>Whether a file begins as zip files do.</summary>
    public static bool IsZipStart(ReadOnlySpan<byte> start) => start.StartsWith("PK"u8);

    /// <summary>Whether these last bytes of a file hold an end-of-central-directory record that ends exactly with the file.</summary>
    /// <param name="tail">The last bytes, up to <see cref="MaxLength"/> of them.</param>
    /// <param name="fileLength">Length of the whole file.</param>
    public static bool HasEndRecord(ReadOnlySpan<byte> tail, long fileLength)
    {
        for (var search = tail; ;)
        {
            var at = search.LastIndexOf(Signature);
            if (at < 0)
                return false;
            if (IsEndRecord(tail[at..], fileLength - tail.Length + at))
                return true;
            search = tail[..at];
        }
    }

    private static bool IsEndRecord(ReadOnlySpan<byte> record, long position)
    {
        if (record.Length < RecordLength || record.Length != RecordLength + BinaryPrimitives.ReadUInt16LittleEndian(record[20..]))
            return false;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        return size == Zip64 || offset == Zip64 || (long)size + offset <= position;
    }
}
