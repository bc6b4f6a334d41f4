using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Sync;

/// <summary>Whether one side of a transfer is a part of the other. Both are reached by the same settings, so one bucket is one whatever its endpoint.</summary>
internal static class Overlap
{
    /// <summary>Refuses a destination that is a part of the source: what is written there would be listed as more to copy.</summary>
    public static void ThrowIfInSource(ObjectUrl source, ObjectUrl destination, KeyFilter filter)
    {
        if (Below(source, destination) is { Length: > 0 } inner && filter.MayAcceptBelow(inner))
            throw InSource(source, destination, inner);
    }

    /// <summary>Refuses a source that is a part of the destination: it would be deleted there as surplus.</summary>
    public static void ThrowIfInDestination(ObjectUrl source, ObjectUrl destination, KeyFilter filter)
    {
        if (Below(destination, source) is { Length: > 0 } inner && filter.MayAcceptBelow(inner))
            throw InDestination(source, destination, inner);
    }

    public static void ThrowIfSame(ObjectUrl source, ObjectUrl destination)
    {
        if (Below(source, destination) is "" || (source.IsFolder && destination.IsFolder && FileIdentity.AreSame(source.Path, destination.Path)))
            throw Refused(destination, $"'{source}' and '{destination}' are the same place. Choose another destination.");
    }

    public static TrainctlException InSource(ObjectUrl source, ObjectUrl destination, string inner) =>
        Refused(destination, $"'{destination}' is below the source '{source}', so its own copies would be copied. Choose another destination, or exclude '{inner}/'.");

    public static TrainctlException InDestination(ObjectUrl source, ObjectUrl destination, string inner) =>
        Refused(destination, $"The source '{source}' is below '{destination}', so deleting there would delete the source. Choose another destination, or exclude '{inner}/'.");

    public static TrainctlException PartInDestination(ObjectUrl source, ObjectUrl destination, string inner) => Refused(
        destination,
        $"'{inner}' at '{destination}' is a folder of the source '{source}' too, as with a mount, so deleting there would delete the source. "
        + $"Choose another destination, or exclude '{inner}/'.");

    /// <summary>The key of what is inside, below what is outside; empty when they are the same; null when it is elsewhere.</summary>
    private static string? Below(ObjectUrl outer, ObjectUrl inner)
    {
        if (outer.Kind != inner.Kind || outer.Bucket != inner.Bucket)
            return null;
        var comparison = outer.IsFolder && NameCase.IsUsuallyIgnored ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var (above, below) = (TextOf(outer), TextOf(inner));
        if (!below.StartsWith(above, comparison))
            return null;
        var rest = below[above.Length..];
        return above.Length == 0 || rest.Length == 0 ? rest : rest[0] == '/' ? rest[1..] : null;
    }

    /// <summary>Without separators at the end, so that the root of everything is empty. Of a folder, where it is in truth, as far as it exists.</summary>
    private static string TextOf(ObjectUrl url) =>
        (url.IsFolder ? RealPath.Of(url.Path).Replace(Path.DirectorySeparatorChar, '/') : url.Path).TrimEnd('/');

    private static TrainctlException Refused(ObjectUrl destination, string message) => new(TrainctlError.InvalidSetting, message, destination.ToString());
}
