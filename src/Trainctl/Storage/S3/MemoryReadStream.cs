using System.Runtime.InteropServices;

namespace Trainctl.Storage.S3;

internal static class MemoryReadStream
{
    /// <summary>A stream over memory, without a copy where the memory is an array's.</summary>
    public static MemoryStream Over(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out var segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);
}
