namespace Trainctl.Storage;

/// <summary>A run of bytes inside an object.</summary>
/// <param name="Offset">First byte, from 0.</param>
/// <param name="Length">Number of bytes; at least 1.</param>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>The first byte behind the range.</summary>
    public long End => Offset + Length;
}
