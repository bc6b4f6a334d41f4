using System.Buffers.Binary;

namespace Trainctl.Checkpoints.Formats;

/// <summary>Reads numbers one after the other; after the end of the bytes everything is 0 and <see cref="IsPastEnd"/> is set.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public bool IsPastEnd { get; private set; }

    public readonly bool IsAtEnd => IsPastEnd || Position == _bytes.Length;

    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - Position))
        {
            IsPastEnd = true;
            return default;
        }

        var taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public byte Byte() => Take(1) is [var value] ? value : (byte)0;

    public uint UInt32() => Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32LittleEndian(taken) : 0;

    public ulong UInt64() => Take(8) is { Length: 8 } taken ? BinaryPrimitives.ReadUInt64LittleEndian(taken) : 0;

    /// <summary>Seven bits in each byte, the lowest first: LEB128, and protobuf's and LevelDB's varint.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return value;
        }

        IsPastEnd = true;
        return 0;
    }
}
