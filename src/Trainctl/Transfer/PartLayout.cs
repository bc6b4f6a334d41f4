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
    private const long Granularity = 1024 * 1024;

    /// <summary>Requests for each connection, at least: towards the end none has much more left than the others.</summary>
    private const int FewestRunsEach = 4;

    /// <summary>Parts that one request brings, at most.</summary>
    private const int LongestRun = 4;

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

    /// <summary>The parts, in order, without gap or overlap.</summary>
    public static IEnumerable<ObjectPart> Parts(long objectSize, long partSize)
    {
        var number = 0;
        for (var offset = 0L; offset < objectSize; offset += partSize)
            yield return new ObjectPart(++number, new ByteRange(offset, Math.Min(partSize, objectSize - offset)));
    }

    /// <summary>
    /// How many parts that follow one another one request brings: one, and up to four where there are many parts. A request costs the store, and the way to it, the same
    /// however much it brings; what has come is remembered part by part all the same.
    /// </summary>
    /// <param name="parts">Parts of the object.</param>
    /// <param name="concurrency">Requests at once.</param>
    public static int RunLength(int parts, int concurrency) => (int)Math.Clamp(parts / ((long)FewestRunsEach * concurrency), 1, LongestRun);

    /// <summary>All parts, in runs of so many; the last may have fewer.</summary>
    public static IEnumerable<ArraySegment<ObjectPart>> Runs(ObjectPart[] parts, int length)
    {
        for (var start = 0; start < parts.Length; start += length)
            yield return new ArraySegment<ObjectPart>(parts, start, Math.Min(length, parts.Length - start));
    }

    private static long CeilingOf(long value, long divisor) => (value / divisor) + (value % divisor == 0 ? 0 : 1);
}
