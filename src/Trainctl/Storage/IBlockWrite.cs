namespace Trainctl.Storage;

/// <summary>A write in parts that takes each part in blocks as they arrive, so that no part need be in memory.</summary>
internal interface IBlockWrite : IMultipartWrite
{
    /// <summary>Writes some bytes of a part. Blocks of different parts may be written at the same time.</summary>
    /// <param name="offset">Where in the object they belong.</param>
    /// <param name="block">The bytes.</param>
    void WriteBlock(long offset, ReadOnlySpan<byte> block);

    /// <summary>The checksum of a range as it is there by now. Null where it is not all there, or cannot be read.</summary>
    /// <param name="range">Which bytes.</param>
    /// <param name="onBlock">Given each block; null for nobody.</param>
    Checksum? ReadBack(ByteRange range, BlockAction? onBlock = null);
}

/// <summary>Told of a block and where it belongs.</summary>
internal delegate void BlockAction(long offset, ReadOnlySpan<byte> block);
