namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// The header of a GGUF file: magic, version, counts, metadata, and for each tensor its type, shape and offset (ggml-org/ggml: docs/gguf.md).
/// It tells how long the file must be at least; how many bytes a type takes is from ggml-org/llama.cpp: gguf-py/gguf/constants.py.
/// </summary>
internal static class GgufHeader
{
    private const ulong DefaultAlignment = 32;
    private const int MaxDimensions = 8;
    private const int MaxDepth = 4;
    private const uint String = 8;
    private const uint Array = 9;

    /// <summary>Bytes of a metadata value, by its type; strings and arrays have lengths of their own.</summary>
    private static readonly uint[] ValueSizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    /// <summary>Elements and bytes of a block, by the tensor's type.</summary>
    private static readonly Dictionary<uint, (uint Elements, uint Bytes)> Blocks = new()
    {
        [0] = (1, 4), [1] = (1, 2), [2] = (32, 18), [3] = (32, 20), [6] = (32, 22), [7] = (32, 24), [8] = (32, 34),
        [10] = (256, 84), [11] = (256, 110), [12] = (256, 144), [13] = (256, 176), [14] = (256, 210), [15] = (256, 292),
        [16] = (256, 66), [17] = (256, 74), [19] = (256, 50), [20] = (32, 18), [21] = (256, 110), [22] = (256, 82), [23] = (256, 136),
        [24] = (1, 1), [25] = (1, 2), [26] = (1, 4), [27] = (1, 8), [28] = (1, 8), [29] = (256, 56), [30] = (1, 2), [39] = (32, 17),
    };

    private static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>Whether these bytes begin a GGUF file of a version that is known here.</summary>
    public static bool IsStart(ReadOnlySpan<byte> start) => start.Length >= 24 && start.StartsWith(Magic);

    /// <summary>Length that the file must have at least; null when these bytes do not hold the whole header; 0 when it is of an unknown kind.</summary>
    /// <param name="start">As many of the first bytes as were read.</param>
    public static ulong? MinimumLength(ReadOnlySpan<byte> start)
    {
        var cursor = new ByteCursor(start);
        cursor.Take(4);
        if (cursor.UInt32() is not (2 or 3))
            return 0;
        var tensors = cursor.UInt64();
        var pairs = cursor.UInt64();
        var alignment = DefaultAlignment;
        for (ulong i = 0; i < pairs && !cursor.IsPastEnd; i++)
        {
            var isAlignment = cursor.Take(cursor.UInt64()).SequenceEqual("general.alignment"u8);
            var type = cursor.UInt32();
            if (isAlignment && type == 4)
                alignment = Math.Max(1, cursor.UInt32());
            else if (!Skip(ref cursor, type, 0))
                return cursor.IsPastEnd ? null : 0;
        }

        ulong end = 0;
        for (ulong i = 0; i < tensors && !cursor.IsPastEnd; i++)
            end = Math.Max(end, TensorEnd(ref cursor));
        if (cursor.IsPastEnd)
            return null;
        var data = ((ulong)cursor.Position + alignment - 1) / alignment * alignment;
        return tensors == 0 ? (ulong)cursor.Position : data > ulong.MaxValue - end ? ulong.MaxValue : data + end;
    }

    private static ulong TensorEnd(ref ByteCursor cursor)
    {
        cursor.Take(cursor.UInt64());
        var dimensions = cursor.UInt32();
        UInt128 elements = 1;
        for (var i = 0; i < dimensions; i++)
        {
            if (i == MaxDimensions)
            {
                cursor.Take(ulong.MaxValue);
                return 0;
            }

            elements = UInt128.Min(elements * cursor.UInt64(), ulong.MaxValue);
        }

        var bytes = Blocks.TryGetValue(cursor.UInt32(), out var block) ? elements / block.Elements * block.Bytes : UInt128.Min(elements, 1);
        return (ulong)UInt128.Min(bytes + cursor.UInt64(), ulong.MaxValue);
    }

    private static bool Skip(ref ByteCursor cursor, uint type, int depth)
    {
        if (type >= ValueSizes.Length || depth > MaxDepth)
            return false;
        if (type == String)
        {
            cursor.Take(cursor.UInt64());
            return true;
        }

        if (type != Array)
        {
            cursor.Take(ValueSizes[type]);
            return true;
        }

        var elementType = cursor.UInt32();
        var count = cursor.UInt64();
        if (elementType < ValueSizes.Length && ValueSizes[elementType] > 0)
        {
            cursor.Take(count > ulong.MaxValue / 8 ? ulong.MaxValue : count * ValueSizes[elementType]);
            return true;
        }

        for (ulong i = 0; i < count && !cursor.IsPastEnd; i++)
        {
            if (!Skip(ref cursor, elementType, depth + 1))
                return false;
        }

        return true;
    }
}
