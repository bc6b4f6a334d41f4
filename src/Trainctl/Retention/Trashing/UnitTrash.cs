using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention.Deleting;
using Trainctl.Storage;

namespace Trainctl.Retention.Trashing;

/// <summary>
/// Moves checkpoints to the trash. The record of what is moved goes first. Where the store can rename, each object is renamed, markers first; else all
/// are copied and proven, and only then deleted, markers first. At the old place a half-moved checkpoint reads as incomplete either way.
/// </summary>
internal sealed class UnitTrash(IObjectStore store, string trash, DateTimeOffset now, IReadOnlyList<PlannedObject> expired, StoreCopier? copier)
{
    /// <summary>What this prune empties takes nothing more in.</summary>
    private readonly HashSet<string> _expiredFolders = [.. expired.Select(o => TrashName.FolderOfKey(trash, o.Key)).OfType<string>()];

    private TrashListing? _listing;

    /// <summary>Why nothing of a checkpoint could be moved, as far as the keys in the trash tell; null when they are fine. Looks at the store as it is now.</summary>
    public TrainctlException? RefusalOf(PlannedUnit unit, IEnumerable<PlannedObject> present)
    {
        var folder = TrashName.FolderOf(trash, TrashName.DateOf(now));
        return present.Select(o => folder + o.Key).Prepend(TrashName.NewRecordKey(folder, unit.Path))
            .Select(key => KeyRefusal.Of(store, key)).FirstOrDefault(static refusal => refusal is not null);
    }

    /// <summary>Moves what is still there of a checkpoint.</summary>
    /// <param name="unit">The checkpoint.</param>
    /// <param name="present">Which of its objects are there, in the order of the plan; at least one.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>One outcome for each of them. Null when another prune is moving it already.</returns>
    public async Task<IReadOnlyList<ObjectOutcome>?> MoveAsync(PlannedUnit unit, IReadOnlyList<PlannedObject> present, CancellationToken cancellationToken)
    {
        try
        {
            var (folder, key, record, isBegun) = await RecordAsync(unit, present, cancellationToken).ConfigureAwait(false);
            if (store is not IObjectRenamer renamer)
                return await CopyAsync(folder, key, record, unit, present, cancellationToken).ConfigureAwait(false);
            var outcomes = await RenameAsync(renamer, folder, isBegun, unit, present, cancellationToken).ConfigureAwait(false);

            if (outcomes?.Exists(static o => o.Error is null) == true)
                await KeepRecordAsync(key, record, cancellationToken).ConfigureAwait(false);
            return outcomes;
        }
        catch (TrainctlException exception)
        {
            return [.. present.Select(o => UnitDeletion.Outcome(unit, o, ObjectAction.Move).WithFailure(exception))];
        }
    }

    /// <summary>The folder to move to: where an earlier prune began with just these objects, or a new one. And the record in it.</summary>
    private async Task<(string Folder, string Key, TrashRecord Record, bool IsBegun)> RecordAsync(
        PlannedUnit unit, IReadOnlyList<PlannedObject> present, CancellationToken cancellationToken)
    {
        // What is not complete may be what another prune left, or is just moving.
        if (_listing is null || unit.State != CheckpointState.Complete || present.Count < unit.Objects.Count)
            _listing = await TrashListing.ReadAsync(store, trash, $"Pruning '{store.Root}'", cancellationToken).ConfigureAwait(false);
        if (_listing.IsRestored(unit.Path, now))
            throw BeingRestored(unit);
        foreach (var (folder, _, found) in _listing.Records.Where(r => r.Path == unit.Path && !_expiredFolders.Contains(r.Folder)))
        {
            if (await TrashRecord.ReadAsync(store, found, cancellationToken).ConfigureAwait(false) is { } begun && begun.Covers(present))
                return (folder, found.Key, begun, true);
        }

        var fresh = TrashName.FolderOf(trash, TrashName.DateOf(now));
        var key = TrashName.NewRecordKey(fresh, unit.Path);
        var written = unit with { Objects = [.. present], Bytes = present.Sum(static o => o.Size) };
        var record = new TrashRecord { Version = TrashRecord.CurrentVersion, MovedAt = now, Unit = written };
        await TrashRecord.WriteAsync(store, key, record, cancellationToken).ConfigureAwait(false);
        return (fresh, key, record, false);
    }

    private static async Task<List<ObjectOutcome>?> RenameAsync(
        IObjectRenamer renamer, string folder, bool isBegun, PlannedUnit unit, IReadOnlyList<PlannedObject> present, CancellationToken cancellationToken)
    {
        var outcomes = new List<ObjectOutcome>();
        foreach (var found in present.OrderBy(static o => o.Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var outcome = UnitDeletion.Outcome(unit, found, ObjectAction.Move);
            try
            {
                if (outcomes.Exists(static o => o.Error is not null))
                    throw new TrainctlException(TrainctlError.ObjectsFailed, $"Kept, because another object of '{unit.Path}' could not be moved first.", unit.Path);

                // Whoever moves the first object moves the rest; so no two prunes tear a checkpoint apart.
                if (!await renamer.RenameAsync(found.ToStored(), folder + found.Key, isBegun, cancellationToken).ConfigureAwait(false) && outcomes.Count == 0)
                    return null;
                outcomes.Add(outcome);
            }
            catch (TrainctlException exception)
            {
                outcomes.Add(outcome.WithFailure(exception) with { Result = exception.Error == TrainctlError.ObjectsFailed ? OutcomeResult.Refused : OutcomeResult.Failed });
            }
        }

        return outcomes;
    }

    private async Task<IReadOnlyList<ObjectOutcome>?> CopyAsync(
        string folder, string key, TrashRecord record, PlannedUnit unit, IReadOnlyList<PlannedObject> present, CancellationToken cancellationToken)
    {
        var items = present.Select(o => new CopyItem(o.Key, folder + o.Key, o.ToStored()) { HasCopy = _listing!.Find(folder + o.Key)?.Size == o.Size });
        var failures = await copier!.CopyAsync(items, cancellationToken).ConfigureAwait(false);
        if (failures.Count == 0)
        {
            await ThrowIfBroughtBackAsync(folder, key, unit, present, cancellationToken).ConfigureAwait(false);
            await KeepRecordAsync(key, record, cancellationToken).ConfigureAwait(false);
            var deleted = await new UnitDeletion(store).DeleteAsync(unit, present, cancellationToken).ConfigureAwait(false);
            return [.. deleted.Select(static o => o with { Action = ObjectAction.Move })];
        }

        if (failures.Values.All(static f => f.Error == TrainctlError.ObjectNotFound))
            return null;
        var refusal = new TrainctlException(TrainctlError.ObjectsFailed, $"Kept, because not all of '{unit.Path}' could be copied to the trash.", unit.Path);
        return
        [
            .. present.Select(o => failures.TryGetValue(o.Key, out var failure)
                ? UnitDeletion.Outcome(unit, o, ObjectAction.Move).WithFailure(failure)
                : UnitDeletion.Outcome(unit, o, ObjectAction.Move).WithFailure(refusal) with { Result = OutcomeResult.Refused }),
        ];
    }

    /// <summary>A restore at the same time may have found all in its place at one moment, and taken the record away.</summary>
    private async Task KeepRecordAsync(string key, TrashRecord record, CancellationToken cancellationToken)
    {
        if (await store.HeadAsync(key, cancellationToken).ConfigureAwait(false) is null)
            await TrashRecord.WriteAsync(store, key, record, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies take minutes to hours. A restore meanwhile finds the originals at their place, and deletes the copies.</summary>
    private async Task ThrowIfBroughtBackAsync(
        string folder, string key, PlannedUnit unit, IReadOnlyList<PlannedObject> present, CancellationToken cancellationToken)
    {
        if (await store.HeadAsync(TrashName.MarkOf(key), cancellationToken).ConfigureAwait(false) is { } mark && RestoreMarks.Counts(mark, now))
            throw BeingRestored(unit);
        var copies = new Dictionary<string, long>(StringComparer.Ordinal);
        var request = new ListRequest { Prefix = folder + UnitGlance.PrefixOf(unit), FollowSymlinks = false };
        await foreach (var copy in store.ListWholeAsync(request, $"Moving '{store.Root.Append(unit.Path)}' to the trash", cancellationToken).ConfigureAwait(false))
            copies[copy.Key] = copy.Size;
        foreach (var found in present)
        {
            if (copies.TryGetValue(folder + found.Key, out var size) && size == found.Size)
                continue;
            if ((await store.HeadAsync(folder + found.Key, cancellationToken).ConfigureAwait(false))?.Size != found.Size)
                throw new TrainctlException(TrainctlError.Drift, $"'{store.Root.Append(folder + found.Key)}' is gone, so all of '{unit.Path}' was kept. Run again to decide anew.", found.Key);
        }
    }

    private TrainctlException BeingRestored(PlannedUnit unit) => new(
        TrainctlError.Drift, $"'{store.Root.Append(unit.Path)}' is being restored from the trash, so it was kept. Run again when that has ended.", unit.Path);
}
