using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Retention.Deleting;

/// <summary>A checkpoint right before it is removed.</summary>
/// <param name="Present">Those of its planned objects that are still there, in the order of the plan.</param>
/// <param name="Drift">Why it is not what was planned; null when it is.</param>
internal sealed record UnitGlance(IReadOnlyList<PlannedObject> Present, TrainctlException? Drift)
{
    /// <summary>Looks once more: a run that was restarted may be writing into the same names again. What is gone already is no drift.</summary>
    public static async Task<UnitGlance> AtAsync(IObjectStore store, PlannedUnit unit, CancellationToken cancellationToken)
    {
        var planned = unit.Objects.ToDictionary(static o => o.Key, StringComparer.Ordinal);
        var present = new HashSet<string>(StringComparer.Ordinal);
        var request = new ListRequest { Prefix = PrefixOf(unit) };
        await foreach (var now in store.ListWholeAsync(request, $"Removing '{store.Root.Append(unit.Path)}'", cancellationToken).ConfigureAwait(false))
        {
            if (planned.TryGetValue(now.Key, out var then) ? Storage.Drift.IsSeen(then.ToStored(), now) : unit.IsFolder)
                return new UnitGlance([], Failure(store, unit, now.Key));
            present.Add(now.Key);
        }

        if (!unit.IsFolder && await NewPinAsync(store, unit, planned, present, cancellationToken).ConfigureAwait(false) is { } pin)
            return new UnitGlance([], Failure(store, unit, pin));

        // An index beside shards does not begin with their path.
        foreach (var then in unit.Objects.Where(o => !o.Key.StartsWith(request.Prefix, StringComparison.Ordinal)))
        {
            if (await store.HeadAsync(then.Key, cancellationToken).ConfigureAwait(false) is not { } now)
                continue;
            if (Storage.Drift.IsSeen(then.ToStored(), now))
                return new UnitGlance([], Failure(store, unit, now.Key));
            present.Add(now.Key);
        }

        return new UnitGlance([.. unit.Objects.Where(o => present.Contains(o.Key))], null);
    }

    /// <summary>A pin that somebody put beside the checkpoint since; the listing shows those that begin with its path.</summary>
    private static async Task<string?> NewPinAsync(
        IObjectStore store, PlannedUnit unit, Dictionary<string, PlannedObject> planned, HashSet<string> present, CancellationToken cancellationToken)
    {
        foreach (var key in UnitPins.KeysBeside(unit.Path, planned.ContainsKey(unit.Path)).Where(k => !planned.ContainsKey(k)))
        {
            var isListed = key.StartsWith(PrefixOf(unit), StringComparison.Ordinal);
            if (isListed ? present.Contains(key) : await store.HeadAsync(key, cancellationToken).ConfigureAwait(false) is not null)
                return key;
        }

        return null;
    }

    public static string PrefixOf(PlannedUnit unit) => unit.IsFolder ? unit.Path + "/" : unit.Path;

    private static TrainctlException Failure(IObjectStore store, PlannedUnit unit, string key) => new(
        TrainctlError.Drift, $"'{store.Root.Append(key)}' changed since its deletion was decided, so all of '{unit.Path}' was kept. Run again to decide anew.", key);
}
