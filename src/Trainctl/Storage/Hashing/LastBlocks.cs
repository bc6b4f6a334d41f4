namespace Trainctl.Storage.Hashing;

/// <summary>What MD5 and SHA-256 have alike: blocks of 64 bytes, and after the content a bit that is set, zeros, and the content's length in bits, which each writes in its own order of bytes.</summary>
internal static class LastBlocks
{
    public const int BlockSize = 64;

    /// <summary>Of the number that ends the last block, in bytes.</summary>
    public const int LengthSize = sizeof(long);

    public const int MaxSize = 2 * BlockSize;

    /// <summary>Writes the last one or two blocks, with zeros where the length goes.</summary>
    /// <param name="rest">What is left of the content: less than a block.</param>
    /// <param name="target">Has <see cref="MaxSize"/>.</param>
    /// <returns>How many bytes they are.</returns>
    public static int Write(ReadOnlySpan<byte> rest, Span<byte> target)
    {
        target.Clear();
        rest.CopyTo(target);
        target[rest.Length] = 0x80;
        return rest.Length < BlockSize - LengthSize ? BlockSize : MaxSize;
    }
}
