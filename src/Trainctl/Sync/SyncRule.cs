using System.Text.Json.Serialization;
using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>How two objects with the same key are compared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Comparison>))]
public enum Comparison
{
    /// <summary>By size, then by time. The default.</summary>
    SizeAndTime,

    /// <summary>By size alone: the fastest, blind to a change that keeps the size.</summary>
    SizeOnly,

    /// <summary>By size, then by the checksum of the content, which local files must be read for.</summary>
    Checksum,
}

/// <summary>What <see cref="SyncRule"/> finds.</summary>
internal enum Verdict
{
    Same,
    SizeDiffers,
    Modified,
    ContentDiffers,

    /// <summary>What must be known could not be had; never found by the rule itself.</summary>
    NotComparable,

    /// <summary>The listings do not tell; the objects' own metadata must be asked for first.</summary>
    NeedsContentTime,

    /// <summary>The checksums must be asked for first.</summary>
    NeedsChecksum,
}

/// <summary>
/// The comparison of two objects, as a truth table without I/O. Rows from the top, first match wins; "content time" is a file's own time or the
/// one kept in object metadata, "stored" the time at which the store took the object in, cut to the store's resolution.
/// <code>
/// mode        known                               condition                    verdict
/// any         -                                   sizes differ                 SizeDiffers
/// SizeOnly    -                                   -                            Same
/// Checksum    -                                   -                            NeedsChecksum
/// SizeAndTime both content times                  equal                        Same
///                                                 not equal                    Modified
///             source content, destination stored  source not after stored      Same
///             source stored, destination content  equal (set by aws, us)       Same
///             both only stored                    source not after destination Same
///             otherwise, metadata not asked       -                            NeedsContentTime
///             otherwise, no metadata to be had    source after destination     Modified
///                                                 source not after             Same
/// </code>
/// </summary>
internal static class SyncRule
{
    /// <summary>Metadata keeps nanoseconds, files 100 of them, and tools round: less than this is no difference.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMicroseconds(1);

    public static Verdict Compare(
        StoredObject source, StoreTraits sourceTraits, StoredObject destination, StoreTraits destinationTraits, Comparison mode, bool metadataAsked)
    {
        if (source.Size != destination.Size)
            return Verdict.SizeDiffers;
        if (mode == Comparison.SizeOnly)
            return Verdict.Same;
        if (mode == Comparison.Checksum)
            return Verdict.NeedsChecksum;
        if (source.ContentModifiedAt is { } here && destination.ContentModifiedAt is { } there)
            return (here - there).Duration() < Tolerance ? Verdict.Same : Verdict.Modified;

        var sourceTime = source.ContentModifiedAt ?? Cut(source.ModifiedAt, sourceTraits.TimeResolution);
        var destinationTime = destination.ContentModifiedAt ?? Cut(destination.ModifiedAt, destinationTraits.TimeResolution);
        var isAfter = sourceTime > destinationTime;
        if (metadataAsked)
            return isAfter ? Verdict.Modified : Verdict.Same;
        if (destination.ContentModifiedAt is not null)
            return sourceTime == destinationTime ? Verdict.Same : Verdict.NeedsContentTime;
        return isAfter ? Verdict.NeedsContentTime : Verdict.Same;
    }

    private static DateTimeOffset Cut(DateTimeOffset time, TimeSpan resolution) =>
        new(time.UtcTicks - (time.UtcTicks % resolution.Ticks), TimeSpan.Zero);
}
