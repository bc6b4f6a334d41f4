using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>One part of an object that is moved in parts.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Range">Its bytes.</param>
internal readonly record struct ObjectPart(int Number, ByteRange Range);

/// <summary>How an object is cut into parts. Pure.</summary>
internal static class PartLayout
{
    /// <summary>Of a part, in bytes, where nobody set another.</summary>
    public const long DefaultSize = 16 * Granularity;

    private const long Granularity = 1024 * 1024;

    /// <summary>A download of so many parts of the default size takes longer ones.</summary>
    private const int ManyParts = 64;

    /// <summary>
    /// The part size for an object: the wanted size, raised to the store's minimum and, in whole MiB, until the number of parts is allowed.
    /// </summary>
    public static long PartSize(long objectSize, long wanted, StoreTraits traits)
    {
        var size = Math.Max(wanted, traits.MinPartSizeBytes);
        var fewest = CeilingOf(objectSize, traits.MaxParts);
        if (fewest > size)
            size = CeilingOf(fewest, Granularity) * Granularity;
        if (size > traits.MaxPartSizeBytes)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"An object of {objectSize} bytes is larger than this store takes: {traits.MaxParts} parts of {traits.MaxPartSizeBytes} bytes.");
        }

        return size;
    }

    /// <summary>
    /// The default for a download. A store works for about a millisecond on each request, however long the range is, so a large object is fetched in parts of twice
    /// the size.
    /// </summary>
    public static long DefaultForDownload(long objectSize) => objectSize / ManyParts >= DefaultSize ? 2 * DefaultSize : DefaultSize;

    /// <summary>The parts, in order, without gap or overlap.</summary>
    public static IEnumerable<ObjectPart> Parts(long objectSize, long partSize)
    {
        var number = 0;
        for (var offset = 0L; offset < objectSize; offset += partSize)
            yield return new ObjectPart(++number, new ByteRange(offset, Math.Min(partSize, objectSize - offset)));
    }

    private static long CeilingOf(long value, long divisor) => (value / divisor) + (value % divisor == 0 ? 0 : 1);
}
