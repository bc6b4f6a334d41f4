using System.Buffers.Binary;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>Puts numbers and texts one after the other, as file formats do.</summary>
internal sealed class BinaryText
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public BinaryText Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public BinaryText Zeros(int count) => Bytes(new byte[count]);

    public BinaryText Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public BinaryText UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Bytes(bytes);
    }

    public BinaryText UInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return Bytes(bytes);
    }

    public BinaryText Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
        return this;
    }
}
