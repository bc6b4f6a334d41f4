namespace Trainctl.Storage;

/// <summary>A write in parts that takes each part in blocks as they arrive, so that no part need be in memory.</summary>
internal interface IBlockWrite : IMultipartWrite
{
    /// <summary>Writes some bytes of a part. Blocks of different parts may be written at the same time.</summary>
    /// <param name="offset">Where in the object they belong.</param>
    /// <param name="block">The bytes.</param>
    void WriteBlock(long offset, ReadOnlySpan<byte> block);

    /// <summary>Reads everything that was written. Null where it cannot be read.</summary>
    KeptDigest? ReadBack(DigestKind kind);
}
