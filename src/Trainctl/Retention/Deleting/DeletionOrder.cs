using Trainctl.Checkpoints;
using Trainctl.Storage;

namespace Trainctl.Retention.Deleting;

/// <summary>
/// In which order a checkpoint's objects are deleted, so that whatever is left when the work ends early reads as incomplete, and still as a checkpoint,
/// so that the next prune ends the work. Pure.
/// </summary>
internal static class DeletionOrder
{
    /// <param name="unit">The checkpoint.</param>
    /// <param name="lone">Shared by all checkpoints of a plan, so that it need not find out the same again.</param>
    public static IReadOnlyList<PlannedObject> Of(CheckpointUnit unit, LoneObjects lone)
    {
        var batches = Batches(unit, lone).Where(static b => b.Length > 0).ToArray();
        return [.. batches.SelectMany(static (batch, i) => batch.Select(o => PlannedObject.Of(o, i + 1)))];
    }

    private static StoredObject[][] Batches(CheckpointUnit unit, LoneObjects lone)
    {
        var markers = unit.MarkerKeys.Reverse().Select(key => unit.Objects.FirstOrDefault(o => o.Key == key)).OfType<StoredObject>().ToArray();
        var markerKeys = unit.MarkerKeys.ToHashSet(StringComparer.Ordinal);
        var data = unit.Objects.Where(o => !markerKeys.Contains(o.Key)).ToArray();
        if (data.Length < 2)
            return [markers, data];

        // Of files that lie side by side each is needed, and one without its index may be whole by its layout. So the manifest goes, then the first of them.
        // What only says something about them goes with the rest: a whole file without its metric would stop the next prune.
        if (!unit.IsFolder)
        {
            var first = Array.Find(data, static o => !UnitSidecars.IsSidecarKey(o.Key)) ?? data[0];
            return [[.. markers.Where(m => m.Key == unit.ManifestKey)], [first], [.. markers.Where(m => m.Key != unit.ManifestKey), .. data.Where(o => o != first)]];
        }

        if (markers.Length == 0)
        {
            // What lacks its weights already may be shown by one file only, and that goes last.
            if (unit.State != CheckpointState.Complete && data.Where(o => lone.Show(unit, o)).Take(2).ToArray() is [var only])
                return [[.. data.Where(o => o != only)], [only]];

            // A grid of ranks has no marker. Without its first file it has a hole; what is much smaller than the others is no rank.
            var largest = data.Max(static d => d.Size);
            var rank = data.First(o => o.Size >= largest / 2);
            markers = [rank];
            data = [.. data.Where(o => o != rank)];
        }

        var last = LastRecognised(unit, data, lone);
        return last is null ? [markers, data] : [markers, [.. data.Where(o => o != last)], [last]];
    }

    /// <summary>An object that alone still shows what this was; null when any order will do.</summary>
    private static StoredObject? LastRecognised(CheckpointUnit unit, StoredObject[] data, LoneObjects lone) =>
        Array.TrueForAll(data, o => lone.Show(unit, o)) ? null : Array.FindLast(data, o => lone.Show(unit, o));
}
