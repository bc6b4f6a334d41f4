using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention.Deleting;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Retention.Trashing;

/// <summary>What one checkpoint in the trash would meet when it comes back.</summary>
/// <param name="Moves">Objects to bring back, in the order of a write: data first, the manifest last.</param>
/// <param name="Doubles">Keys in the trash whose content, or what it is a part of, is at the old place already.</param>
/// <param name="Conflicts">For a key, why it cannot come back.</param>
internal sealed record RestoreOutlook(
    IReadOnlyList<PlannedObject> Moves, IReadOnlyList<string> Doubles, IReadOnlyDictionary<string, TrainctlException> Conflicts)
{
    /// <summary>What was at the old place already, by its key.</summary>
    public required IReadOnlyDictionary<string, StoredObject> There { get; init; }

    /// <summary>Whether nothing of it is in the trash any more, and all is at the old place.</summary>
    public bool IsBack => Moves.Count == 0 && Doubles.Count == 0 && Conflicts.Count == 0;
}

/// <summary>What is where of a checkpoint that a record in the trash is about.</summary>
internal enum TrashState
{
    /// <summary>Nothing in the trash, and not all at the old place: only the record is left.</summary>
    Gone,

    /// <summary>Nothing in the trash, and all at the old place: a restore did not come to its end, or a prune did not begin.</summary>
    Back,

    /// <summary>Something in the trash, and the rest nowhere.</summary>
    Broken,

    /// <summary>Something in the trash, and the rest at the old place.</summary>
    Whole,
}

/// <summary>Brings one checkpoint back from the trash: all of it, or none of it is touched.</summary>
internal sealed class UnitRestore(IObjectStore store, TrashListing listing, string folder, StoreCopier? copier)
{
    /// <summary>Looks at both places.</summary>
    public async Task<RestoreOutlook> LookAsync(PlannedUnit unit, CancellationToken cancellationToken)
    {
        var moves = new List<PlannedObject>();
        var doubles = new List<string>();
        var conflicts = new Dictionary<string, TrainctlException>(StringComparer.Ordinal);
        var present = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        foreach (var recorded in unit.Objects.Reverse())
        {
            var thrownAway = listing.Find(folder + recorded.Key);
            var there = await store.HeadAsync(recorded.Key, cancellationToken).ConfigureAwait(false);
            if (there is not null)
                present[recorded.Key] = there;
            if (thrownAway?.Size != recorded.Size && there?.Size != recorded.Size)
                conflicts[recorded.Key] = new TrainctlException(TrainctlError.IncompleteCheckpoint, $"'{store.Root.Append(folder + recorded.Key)}' is missing or not whole.", recorded.Key);
            else if (there is null && KeyRefusal.Of(store, recorded.Key) is { } refusal)
                conflicts[recorded.Key] = refusal;
            else if (there is null)
                moves.Add(recorded);
            else if (thrownAway is null || thrownAway.Size < recorded.Size)
            {
                // It never went to the trash, or not whole, or has left it; or a run has written there since, perhaps as many bytes.
                if (Drift.IsSeen(recorded.ToStored(), there))
                    conflicts[recorded.Key] = Drift.Taken(store.Root, recorded.Key);
                else if (thrownAway is not null)
                    doubles.Add(thrownAway.Key);
            }
            else if (await IsSameAsync(thrownAway, there, cancellationToken).ConfigureAwait(false))
                doubles.Add(thrownAway.Key);
            else
                conflicts[recorded.Key] = Drift.Taken(store.Root, recorded.Key);
        }

        // What came into the folder since all of it was back is no other checkpoint's.
        if (unit.IsFolder && moves.Count + doubles.Count + conflicts.Count > 0)
        {
            var known = unit.Objects.Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
            await foreach (var other in store.ListWholeAsync(new ListRequest { Prefix = unit.Path + "/" }, Restoring(unit), cancellationToken).ConfigureAwait(false))
            {
                if (!known.Contains(other.Key))
                    conflicts[other.Key] = New(other.Key);
            }
        }

        return new RestoreOutlook(moves, doubles, conflicts) { There = present };
    }

    /// <summary>Looks in this folder of the trash, and for what is not there at the old place.</summary>
    public async Task<TrashState> StateAsync(PlannedUnit unit, CancellationToken cancellationToken)
    {
        var absent = unit.Objects.Where(o => listing.Find(folder + o.Key)?.Size != o.Size).ToArray();
        var hasAny = absent.Length < unit.Objects.Count;
        foreach (var recorded in absent)
        {
            if (await store.HeadAsync(recorded.Key, cancellationToken).ConfigureAwait(false) is not { } there || Drift.IsSeen(recorded.ToStored(), there))
                return hasAny ? TrashState.Broken : TrashState.Gone;
        }

        return hasAny ? TrashState.Whole : TrashState.Back;
    }

    /// <summary>Brings all of it back.</summary>
    /// <param name="record">Of the checkpoint.</param>
    /// <param name="outlook">What both places have.</param>
    /// <param name="records">All records of it, that one among them.</param>
    /// <param name="outcomes">Takes what was done, also when this fails.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RestoreAsync(
        TrashRecord record, RestoreOutlook outlook, StoredObject[] records, List<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        var unit = record.Unit;
        var expected = new Dictionary<string, StoredObject>(outlook.There, StringComparer.Ordinal);
        foreach (var step in outlook.Moves.GroupBy(static o => o.Batch))
        {
            if (store is IObjectRenamer renamer)
                await RenameAsync(renamer, [.. step], outcomes, expected, cancellationToken).ConfigureAwait(false);
            else
                await CopyAsync([.. step], outcomes, expected, cancellationToken).ConfigureAwait(false);
            if (outcomes.Exists(static o => o.Error is not null))
                return;
        }

        if (!outlook.IsBack)
        {
            await foreach (var failure in LookAgainAsync(unit, expected, cancellationToken).ConfigureAwait(false))
            {
                outcomes.RemoveAll(o => o.Key == failure.Subject);
                outcomes.Add(Outcome(Named(failure.Subject!)).WithFailure(failure));
            }
        }

        if (outcomes.Exists(static o => o.Error is not null))
            return;

        records = await RewriteAsync(record, records, expected, cancellationToken).ConfigureAwait(false);
        var left = outlook.Doubles.Concat(store is IObjectRenamer ? [] : outlook.Moves.Select(o => folder + o.Key)).Select(k => new DeleteRequest(k, listing.Find(k)));
        var deleted = await store.DeleteAsync([.. left], cancellationToken).ConfigureAwait(false);

        // The record goes last: without one, what is left in the trash would be taken for a checkpoint.
        if (deleted.All(static d => d.Failure is null))
        {
            deleted = await FindReturnedAsync(unit, cancellationToken).ConfigureAwait(false) is { } returned
                ? [new DeleteOutcome(returned, new TrainctlException(TrainctlError.Drift, $"'{store.Root.Append(returned)}' has come into the trash meanwhile. Run again.", returned))]
                : await store.DeleteAsync([.. records.Select(static r => new DeleteRequest(r.Key, r))], cancellationToken).ConfigureAwait(false);
        }

        outcomes.AddRange(deleted.Where(static d => d.Failure is not null)
            .Select(static d => (Outcome(Named(d.Key)) with { Action = ObjectAction.Delete }).WithFailure(d.Failure!)));
    }

    /// <summary>
    /// Looks at the old place once more, before anything says that all is back: a prune may have taken the first half of it for a leftover, and a run may have
    /// written there.
    /// </summary>
    /// <param name="unit">The checkpoint.</param>
    /// <param name="expected">What came back, and what was there before, by its key. Then what is there.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    /// <returns>What is not as it must be.</returns>
    private async IAsyncEnumerable<TrainctlException> LookAgainAsync(
        PlannedUnit unit, Dictionary<string, StoredObject> expected, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listed = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var now in store.ListWholeAsync(new ListRequest { Prefix = UnitGlance.PrefixOf(unit) }, Restoring(unit), cancellationToken).ConfigureAwait(false))
            listed[now.Key] = now;
        foreach (var recorded in unit.Objects)
        {
            if (!listed.Remove(recorded.Key, out var now))
                now = await store.HeadAsync(recorded.Key, cancellationToken).ConfigureAwait(false);
            if (now is null)
                yield return new TrainctlException(TrainctlError.Drift, $"'{store.Root.Append(recorded.Key)}' came back and is gone again. Run again.", recorded.Key);
            else if (now.Size != recorded.Size || (expected.TryGetValue(recorded.Key, out var then) && Drift.IsSeen(then, now)))
                yield return Drift.Taken(store.Root, recorded.Key);
            else
                expected[recorded.Key] = now;
        }

        foreach (var other in listed.Keys.Where(_ => unit.IsFolder))
            yield return New(other);
    }

    /// <summary>
    /// Has the record say what is there now, as copies have ETags of their own: when the trash is not emptied to its end, the next restore holds to it what has no
    /// copy there any more.
    /// </summary>
    /// <returns>The records by now, of which the first is the one.</returns>
    private async Task<StoredObject[]> RewriteAsync(
        TrashRecord record, StoredObject[] records, Dictionary<string, StoredObject> now, CancellationToken cancellationToken)
    {
        if (!record.Unit.Objects.Any(o => Drift.IsSeen(o.ToStored(), now[o.Key])))
            return records;
        var unit = record.Unit with { Objects = [.. record.Unit.Objects.Select(o => PlannedObject.Of(now[o.Key], o.Batch))] };
        var rewritten = await TrashRecord.WriteAsync(store, records[0].Key, record with { Unit = unit }, cancellationToken).ConfigureAwait(false);
        await store.DeleteAsync([.. records.Skip(1).Select(static r => new DeleteRequest(r.Key, r))], cancellationToken).ConfigureAwait(false);
        return [rewritten, .. records.Skip(1)];
    }

    /// <summary>An object of the checkpoint that is in the trash by now; null when there is none.</summary>
    private async Task<string?> FindReturnedAsync(PlannedUnit unit, CancellationToken cancellationToken)
    {
        var keys = unit.Objects.Select(o => folder + o.Key).ToHashSet(StringComparer.Ordinal);
        var request = new ListRequest { Prefix = folder + UnitGlance.PrefixOf(unit), FollowSymlinks = false };
        var candidates = keys.Where(k => !k.StartsWith(request.Prefix, StringComparison.Ordinal)).ToList();
        await foreach (var now in store.ListWholeAsync(request, Restoring(unit), cancellationToken).ConfigureAwait(false))
        {
            if (keys.Contains(now.Key))
                candidates.Add(now.Key);
        }

        foreach (var key in candidates)
        {
            if (await store.HeadAsync(key, cancellationToken).ConfigureAwait(false) is not null)
                return key;
        }

        return null;
    }

    public static ObjectOutcome Outcome(PlannedObject found) => new()
    {
        Key = found.Key,
        Action = ObjectAction.Move,
        Result = OutcomeResult.Done,
        Bytes = found.Size,
        Reason = "restored from the trash",
    };

    private string Restoring(PlannedUnit unit) => $"Restoring '{store.Root.Append(unit.Path)}'";

    private static PlannedObject Named(string key) => new() { Key = key, Batch = 1, Size = 0, ModifiedAt = default };

    private TrainctlException New(string key) => new(TrainctlError.Drift, $"'{store.Root.Append(key)}' is new there; two checkpoints are not mixed.", key);

    private async Task RenameAsync(
        IObjectRenamer renamer, PlannedObject[] objects, List<ObjectOutcome> outcomes, Dictionary<string, StoredObject> expected, CancellationToken cancellationToken)
    {
        foreach (var found in objects)
        {
            try
            {
                var thrownAway = listing.Find(folder + found.Key)!;
                if (!await renamer.RenameAsync(thrownAway, found.Key, endsMove: false, cancellationToken).ConfigureAwait(false))
                    throw new TrainctlException(TrainctlError.ObjectNotFound, $"'{store.Root.Append(folder + found.Key)}' is gone.", found.Key);
                expected[found.Key] = thrownAway with { Key = found.Key };
                outcomes.Add(Outcome(found));
            }
            catch (TrainctlException exception)
            {
                outcomes.Add(Outcome(found).WithFailure(exception));
            }
        }
    }

    private async Task CopyAsync(
        PlannedObject[] objects, List<ObjectOutcome> outcomes, Dictionary<string, StoredObject> expected, CancellationToken cancellationToken)
    {
        var items = objects.Select(o => new CopyItem(folder + o.Key, o.Key, null) { IsNew = true });
        var failures = await copier!.CopyAsync(items, cancellationToken, copy =>
        {
            // Times of answers to writes need not be those of listings.
            if (copy.ETag is not null)
                expected[copy.Key] = copy;
        }).ConfigureAwait(false);
        outcomes.AddRange(objects.Select(o => failures.TryGetValue(folder + o.Key, out var failure) ? Outcome(o).WithFailure(failure) : Outcome(o)));
    }

    private async Task<bool> IsSameAsync(StoredObject one, StoredObject other, CancellationToken cancellationToken) => one.Size == other.Size
        && await ContentReader.ChecksumAsync(store, one, cancellationToken).ConfigureAwait(false)
            == await ContentReader.ChecksumAsync(store, other, cancellationToken).ConfigureAwait(false);
}
