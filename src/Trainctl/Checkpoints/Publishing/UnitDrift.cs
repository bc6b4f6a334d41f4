using Trainctl.Storage;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>Whether a checkpoint is still what was listed. Each object is proven by itself; that they still belong together is not.</summary>
internal static class UnitDrift
{
    /// <summary>Key of the first object that changed, went or came; null when there is none.</summary>
    public static async Task<string?> FindAsync(CheckpointUnit unit, IObjectReader source, CancellationToken cancellationToken)
    {
        var before = UploadPlanner.ContentOf(unit).ToDictionary(static o => o.Key, StringComparer.Ordinal);
        var request = new ListRequest { Prefix = unit.IsFolder ? unit.Path + "/" : unit.Path };
        await foreach (var now in source.ListWholeAsync(request, $"Publishing {unit.Path}", cancellationToken).ConfigureAwait(false))
        {
            if (before.Remove(now.Key, out var then))
            {
                if (Drift.IsSeen(then, now))
                    return now.Key;
            }
            else if (unit.IsFolder && UploadPlanner.ContentOf(unit with { Objects = [now] }).Any())
            {
                return now.Key;
            }
        }

        // An index beside shards does not begin with their path.
        foreach (var then in before.Values)
        {
            var now = await source.HeadAsync(then.Key, cancellationToken).ConfigureAwait(false);
            if (now is null || Drift.IsSeen(then, now))
                return then.Key;
        }

        return null;
    }
}
