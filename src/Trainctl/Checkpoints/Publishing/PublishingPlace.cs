using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>Where checkpoints may be published.</summary>
internal static class PublishingPlace
{
    /// <summary>What is published inside its own source would be published again, one level deeper, at each run.</summary>
    public static void ThrowIfInsideSource(ObjectUrl source, ObjectUrl destination)
    {
        if (source.Kind != destination.Kind || source.Bucket != destination.Bucket)
            return;
        var from = source.WithoutEndSeparator().Path.TrimEnd('/') + '/';
        var to = destination.WithoutEndSeparator().Path.TrimEnd('/') + '/';
        if (from == "/" || to.StartsWith(from, StringComparison.Ordinal))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"Destination '{destination}' is inside Source '{source}'; it must be somewhere else.",
                nameof(UploadCheckpointsSettings.Destination));
        }
    }
}
