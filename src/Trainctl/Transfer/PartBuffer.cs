using System.Buffers;
using Trainctl.Diagnostics;

namespace Trainctl.Transfer;

/// <summary>Memory for content that must be held whole, lent by the pool.</summary>
internal sealed class PartBuffer(long size) : IDisposable
{
    private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(size <= Array.MaxLength
        ? (int)size
        : throw new TrainctlException(
            TrainctlError.InvalidSetting,
            $"A part of {size} bytes cannot be held in memory, as it must be between these stores, and smaller ones would be more than the destination allows. "
            + "Copy the object by way of a folder."));

    public Memory<byte> Memory => _array.AsMemory(0, (int)size);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);
}
