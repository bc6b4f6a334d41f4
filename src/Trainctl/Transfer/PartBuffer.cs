using System.Buffers;

namespace Trainctl.Transfer;

/// <summary>Memory for content that must be held whole, lent by the pool.</summary>
internal sealed class PartBuffer(long size) : IDisposable
{
    private readonly byte[] _array = ArrayPool<byte>.Shared.Rent((int)size);

    public Memory<byte> Memory => _array.AsMemory(0, (int)size);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);
}
