using System.Buffers.Binary;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// The index of a TensorFlow checkpoint: a table of LevelDB's format without compression, whose entries say which bytes of which data file hold a tensor
/// (tensorflow/tensorflow: tensorflow/core/lib/io/format.h, tensorflow/core/protobuf/tensor_bundle.proto,
/// tensorflow/core/util/tensor_bundle/tensor_bundle.h). It ends with a footer of 48 bytes, and tells how long the data files must be.
/// </summary>
internal static class TensorBundle
{
    private const int FooterLength = 48;
    private const int TrailerLength = 5;
    private const ulong Magic = 0xDB47_7524_8B80_FB57;

    /// <summary>Reads an index; null when it is cut short or broken.</summary>
    public static TensorBundleIndex? Read(ReadOnlySpan<byte> table)
    {
        if (table.Length < FooterLength || BinaryPrimitives.ReadUInt64LittleEndian(table[^8..]) != Magic)
            return null;
        var footer = new ByteCursor(table[^FooterLength..]);
        footer.Varint();
        footer.Varint();
        if (!Block(table, ref footer, out var directory))
            return null;
        var index = new TensorBundleIndex();
        return Entries(directory, table, index, isDirectory: true) ? index : null;
    }

    /// <summary>A block's bytes, by the handle at the cursor. A compressed block is empty: nothing is known of it.</summary>
    private static bool Block(ReadOnlySpan<byte> table, ref ByteCursor handle, out ReadOnlySpan<byte> block)
    {
        block = default;
        var offset = handle.Varint();
        var size = handle.Varint();
        if (handle.IsPastEnd || size < 4 || (UInt128)offset + size + TrailerLength > (ulong)table.Length)
            return false;
        var isCompressed = table[(int)(offset + size)] != 0;
        block = isCompressed ? default : table.Slice((int)offset, (int)size);
        return true;
    }

    private static bool Entries(ReadOnlySpan<byte> block, ReadOnlySpan<byte> table, TensorBundleIndex index, bool isDirectory)
    {
        if (block.IsEmpty)
            return true;
        var restarts = BinaryPrimitives.ReadUInt32LittleEndian(block[^4..]);
        if (restarts > (uint)(block.Length - 4) / 4)
            return false;
        var cursor = new ByteCursor(block[..^(4 + (4 * (int)restarts))]);
        while (!cursor.IsAtEnd)
        {
            var shared = cursor.Varint();
            var own = cursor.Varint();
            var valueLength = cursor.Varint();
            cursor.Take(own);
            var value = cursor.Take(valueLength);
            if (cursor.IsPastEnd)
                return false;
            if (!isDirectory)
            {
                index.Add(value, isHeader: shared + own == 0);
                continue;
            }

            var handle = new ByteCursor(value);
            if (!Block(table, ref handle, out var inner) || !Entries(inner, table, index, isDirectory: false))
                return false;
        }

        return true;
    }
}

/// <summary>What an index says of the data files.</summary>
internal sealed class TensorBundleIndex
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly Dictionary<ulong, UInt128> _lengths = [];

    /// <summary>Number of data files; null when the index does not tell.</summary>
    public ulong? Shards { get; private set; }

    /// <summary>Length that a data file must have at least.</summary>
    public UInt128 LengthOf(int shard) => _lengths.GetValueOrDefault((ulong)shard);

    public void Add(ReadOnlySpan<byte> message, bool isHeader)
    {
        var fields = Fields(message, out var isSliced);
        if (isHeader)
            Shards = fields[1];
        else if (!isSliced)
            _lengths[fields[3]] = UInt128.Max(_lengths.GetValueOrDefault(fields[3]), (UInt128)fields[4] + fields[5]);
    }

    /// <summary>The whole numbers of a protobuf message, by field; a partitioned tensor (field 7) has its bytes in entries of their own.</summary>
    private static ulong[] Fields(ReadOnlySpan<byte> message, out bool isSliced)
    {
        var fields = new ulong[8];
        isSliced = false;
        var cursor = new ByteCursor(message);
        while (!cursor.IsAtEnd)
        {
            var tag = cursor.Varint();
            ulong value = 0;
            switch (tag & 7)
            {
                case Varint: value = cursor.Varint(); break;
                case Fixed64: cursor.Take(8); break;
                case Bytes: cursor.Take(cursor.Varint()); break;
                case Fixed32: cursor.Take(4); break;
                default: return fields;
            }

            isSliced |= tag >> 3 == 7;
            if (tag >> 3 < (ulong)fields.Length)
                fields[tag >> 3] = value;
        }

        return fields;
    }
}
