namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// The end of a tar archive, which <c>.nemo</c> models are (NVIDIA/NeMo: nemo/core/connectors/save_restore_connector.py): blocks of 512 bytes, the last
/// two of them zero (python/cpython: Lib/tarfile.py, TarFile.close). A file cut short has another length, or data at its end.
/// </summary>
internal static class TarEnd
{
    /// <summary>How much of the end is looked at.</summary>
    public const int Length = 2 * Block;

    private const int Block = 512;

    private static ReadOnlySpan<byte> GzipStart => [0x1F, 0x8B];

    /// <summary>Whether it is compressed, as older versions write it: that does not tell where it ends.</summary>
    public static bool IsCompressed(ReadOnlySpan<byte> start) => start.StartsWith(GzipStart);

    /// <summary>Whether these last bytes of a file end a tar archive.</summary>
    public static bool IsEnd(ReadOnlySpan<byte> tail, long fileLength) =>
        tail.Length == Length && fileLength % Block == 0 && !tail.ContainsAnyExcept((byte)0);
}
