using Trainctl.Storage;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// The format of TorchSharp's <c>module.save</c>: the number of tensors, then for each its name, type, shape and bytes; numbers in LEB128
/// (dotnet/TorchSharp: src/TorchSharp/NN/Module.cs, save_state_dict; src/TorchSharp/Tensor/TensorExtensionMethods.cs, Save;
/// src/TorchSharp/Utils/LEB128Codec.cs). There is no index: whether the file is whole shows only by going from tensor to tensor. Small tensors share a
/// read, each large one costs a read of its own.
/// </summary>
internal static class TorchSharpFile
{
    /// <summary>Bytes for each read: the headers of many small tensors, or one large tensor's.</summary>
    private const int Window = 16 * 1024;

    private const ulong MaxTensors = 10_000_000;
    private const ulong MaxDimensions = 64;
    private const ulong MaxNameLength = 4096;

    /// <summary>Bytes of an element, by the number of its type (src/TorchSharp/Tensor/Tensor.cs, ScalarType); 0: there is no such type.</summary>
    private static readonly ulong[] ElementSizes = [1, 1, 2, 4, 8, 2, 4, 8, 0, 8, 16, 1, 1, 1, 4, 2];

    /// <summary>What a look at a file shows.</summary>
    internal enum Finding
    {
        Whole,
        CutShort,
        Foreign,
    }

    public static async Task<Finding> LookAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Size == 0)
            return Finding.CutShort;
        var at = 0L;
        ulong? count = null;
        var left = 0UL;
        while (count is null || left > 0)
        {
            if (at >= found.Size)
                return Unfinished(count, left);
            var window = await probe.ReadAsync(found, at, Math.Min(Window, found.Size - at), cancellationToken).ConfigureAwait(false);
            if (count is null)
            {
                var first = new ByteCursor(window);
                count = left = first.Varint();
                if (first.IsPastEnd || left is 0 or > MaxTensors)
                    return Finding.Foreign;
                at = first.Position;
                window = window[first.Position..];
            }

            if (Walk(window, ref at, ref left) is { } finding)
                return finding == Finding.CutShort ? Unfinished(count, left) : finding;
        }

        return at == found.Size ? Finding.Whole : at > found.Size ? Finding.CutShort : Finding.Foreign;
    }

    /// <summary>Without one whole header nothing says that it is of this format at all.</summary>
    private static Finding Unfinished(ulong? count, ulong left) => left == count ? Finding.Foreign : Finding.CutShort;

    /// <summary>Passes the tensors whose headers lie in the window; an answer only when there can be no other.</summary>
    private static Finding? Walk(ReadOnlySpan<byte> window, ref long at, ref ulong left)
    {
        var start = at;
        var isFirst = true;
        while (left > 0 && at - start < window.Length)
        {
            var cursor = new ByteCursor(window[(int)(at - start)..]);
            var bytes = HeaderAndBytes(ref cursor, out var isForeign);
            if (isForeign)
                return Finding.Foreign;
            if (cursor.IsPastEnd)
                return isFirst ? Finding.CutShort : null;
            var length = (UInt128)cursor.Position + bytes;
            if (length > (ulong)(long.MaxValue - at))
                return Finding.Foreign;
            at += (long)length;
            left--;
            isFirst = false;
        }

        return null;
    }

    /// <summary>Reads one tensor's header; answers how many bytes follow it.</summary>
    private static UInt128 HeaderAndBytes(ref ByteCursor cursor, out bool isForeign)
    {
        var nameLength = cursor.Varint();
        isForeign = nameLength is 0 or > MaxNameLength;
        if (isForeign)
            return 0;
        isForeign = cursor.Take(nameLength).ContainsAnyInRange<byte>(0, 0x1F);
        if (isForeign)
            return 0;
        var type = cursor.Varint();
        var dimensions = cursor.Varint();
        isForeign = !cursor.IsPastEnd && (type >= (ulong)ElementSizes.Length || ElementSizes[type] == 0 || dimensions > MaxDimensions);
        if (isForeign || cursor.IsPastEnd)
            return 0;
        UInt128 bytes = ElementSizes[type];
        for (ulong i = 0; i < dimensions; i++)
            bytes = UInt128.Min(bytes * cursor.Varint(), ulong.MaxValue);
        return bytes;
    }
}
