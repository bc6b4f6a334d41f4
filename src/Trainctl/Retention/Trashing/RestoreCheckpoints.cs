using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Retention.Trashing;

/// <summary>Runs one restore.</summary>
internal sealed class RestoreCheckpoints(RestoreCheckpointsSettings settings, EngineHost host, IObjectStore store)
{
    private const string Name = "restore-checkpoints";

    private readonly List<ObjectOutcome> _outcomes = [];

    /// <summary>The checkpoint that is just being restored; null between two.</summary>
    private string? _underWay;

    public async Task<RestoreReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var trash = TrashName.Parse(settings.Trash);
        if (settings.At is { } at && !TrashName.TryParseDate(at, out _))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"At is '{at}'; it must be the name of a folder in the trash, such as 20240601T120000Z, or not set.", nameof(settings.At));
        }

        var listing = await TrashListing.ReadAsync(store, trash, $"Restoring at '{store.Root}'", cancellationToken, settings.Path?.Trim('/')).ConfigureAwait(false);
        using var copier = store is IObjectRenamer || settings.DryRun ? null : new StoreCopier(store, host, Name);
        var (folder, found) = await ChooseAsync(listing, trash, cancellationToken).ConfigureAwait(false);
        var restore = new UnitRestore(store, listing, folder, copier);
        var units = new List<RestoredUnit>();
        TrainctlException? stop = null;
        var marks = new RestoreMarks(store, host);
        try
        {
            foreach (var (_, stored) in settings.DryRun ? [] : found)
                await marks.MarkAsync(stored, cancellationToken).ConfigureAwait(false);
            foreach (var same in found.GroupBy(static f => f.Record.Unit.Path))
            {
                // Prunes of the same second may each have written a record of it; the one that lists all stands for the others.
                var most = same.MaxBy(static f => f.Record.Unit.Objects.Count).Record;
                var records = same.Where(f => most.Covers(f.Record.Unit.Objects)).Select(static f => f.Stored).ToArray();
                if (stop is not null)
                {
                    units.Add(Untried(most.Unit, new TrainctlException(TrainctlError.ObjectsFailed, $"'{most.Unit.Path}' was not tried any more after: {stop.Message}", most.Unit.Path)));
                    continue;
                }

                try
                {
                    if (!settings.DryRun)
                        await marks.MarkAsync(records[0], cancellationToken).ConfigureAwait(false);
                    units.Add(await RestoreAsync(restore, most, records, cancellationToken).ConfigureAwait(false));
                }
                catch (TrainctlException exception) when (_outcomes.Exists(static o => o.Result == OutcomeResult.Done))
                {
                    stop = exception;
                    units.Add(Untried(most.Unit, exception));
                }
            }
        }
        catch (OperationCanceledException)
        {
            TellCancelled(units);
            throw;
        }
        finally
        {
            await marks.RemoveAsync().ConfigureAwait(false);
        }

        return new RestoreReport
        {
            Operation = Name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Location = store.Root.ToString(),
            Trash = trash,
            At = folder[(trash.Length + 1)..^1],
            Units = units,
            Objects = _outcomes,
            Stopped = stop,
        };
    }

    /// <summary>
    /// The folder of a date, and what of it was asked for. What only its record is left of is passed over, unless all of it is back: then a restore ends what another
    /// began, which its mark tells of.
    /// </summary>
    private async Task<(string Folder, IReadOnlyList<(TrashRecord Record, StoredObject Stored)> Found)> ChooseAsync(
        TrashListing listing, string trash, CancellationToken cancellationToken)
    {
        (string Folder, List<(TrashRecord Record, StoredObject Stored)> Found)? broken = null, back = null;
        foreach (var folder in listing.Folders.Where(f => settings.At is null || f == TrashName.FolderOf(trash, settings.At)))
        {
            var found = new List<(TrashRecord, StoredObject)>();
            var (hasWhole, hasBroken) = (false, false);
            var restore = new UnitRestore(store, listing, folder, null);
            foreach (var (_, _, stored) in listing.Records.Where(r => r.Folder == folder && IsWanted(r.Path)).OrderBy(static r => r.Path, KeyOrder.Instance))
            {
                if (await TrashRecord.ReadAsync(store, stored, cancellationToken).ConfigureAwait(false) is not { } record)
                    continue;
                var state = await restore.StateAsync(record.Unit, cancellationToken).ConfigureAwait(false);
                hasWhole |= state == TrashState.Whole || (state == TrashState.Back && listing.Find(TrashName.MarkOf(stored.Key)) is not null);
                hasBroken |= state == TrashState.Broken;
                if (state != TrashState.Gone)
                    found.Add((record, stored));
            }

            if (hasWhole)
                return (folder, found);
            if (hasBroken)
                broken ??= (folder, found);
            else if (found.Count > 0)
                back ??= (folder, found);
        }

        return broken ?? back ?? throw new TrainctlException(
            TrainctlError.SourceNotFound,
            $"Nothing to restore was found in '{store.Root.Append(trash)}'{(settings.At is { } at ? $" at {at}" : "")}{(settings.Path is { } path ? $" for '{path}'" : "")}. "
            + "Check the name of the trash, the path and the date.",
            trash);
    }

    private bool IsWanted(string path) => settings.Path?.Trim('/') is not { Length: > 0 } wanted || path == wanted || path.StartsWith(wanted + "/", StringComparison.Ordinal);

    private async Task<RestoredUnit> RestoreAsync(UnitRestore restore, TrashRecord record, StoredObject[] records, CancellationToken cancellationToken)
    {
        var unit = record.Unit;
        var outlook = await restore.LookAsync(unit, cancellationToken).ConfigureAwait(false);
        if (outlook.Conflicts.Count > 0)
        {
            var first = outlook.Conflicts.Values.First();
            _outcomes.AddRange(outlook.Conflicts.Select(static c => Refused(c.Key, 0, c.Value)));
            var rest = new TrainctlException(TrainctlError.ObjectsFailed, $"Left in the trash, because not all of '{unit.Path}' can be restored.", unit.Path);
            _outcomes.AddRange(outlook.Moves.Select(o => Refused(o.Key, o.Size, rest)));
            return new RestoredUnit(unit.Path, unit.Bytes, RestoreResult.Failed, first.Message);
        }

        if (settings.DryRun)
        {
            _outcomes.AddRange(outlook.Moves.Select(static o => UnitRestore.Outcome(o) with { Result = OutcomeResult.Planned }));
            return new RestoredUnit(unit.Path, unit.Bytes, RestoreResult.Planned, Why(outlook));
        }

        _underWay = unit.Path;
        var outcomes = new List<ObjectOutcome>();
        try
        {
            await restore.RestoreAsync(record, outlook, records, outcomes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _outcomes.AddRange(outcomes);
        }

        _underWay = null;
        return outcomes.FirstOrDefault(static o => o.Error is not null) is { } failure
            ? new RestoredUnit(unit.Path, unit.Bytes, RestoreResult.Failed, failure.Error!)
            : new RestoredUnit(unit.Path, unit.Bytes, RestoreResult.Restored, Why(outlook));
    }

    private static string Why(RestoreOutlook outlook) => outlook.IsBack ? "all of it is in its place already" : "whole in the trash";

    private void TellCancelled(List<RestoredUnit> units)
    {
        var restored = units.Count(static u => u.Result == RestoreResult.Restored);
        if (restored > 0 || _underWay is not null)
        {
            host.Log.Warning(
                $"{HumanText.Count(restored, "checkpoint")} had been restored at '{store.Root}' when this was cancelled"
                + $"{(_underWay is null ? "" : $", and '{_underWay}' may be restored in part; restoring it again ends that")}.");
        }
    }

    private RestoredUnit Untried(PlannedUnit unit, TrainctlException why)
    {
        var told = _outcomes.Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
        _outcomes.AddRange(unit.Objects.Where(o => !told.Contains(o.Key)).Select(o => UnitRestore.Outcome(o).WithFailure(why) with { Result = why.Error == TrainctlError.ObjectsFailed ? OutcomeResult.Refused : OutcomeResult.Failed }));
        return new RestoredUnit(unit.Path, unit.Bytes, RestoreResult.Failed, why.Message);
    }

    private static ObjectOutcome Refused(string key, long bytes, TrainctlException why) =>
        (UnitRestore.Outcome(new PlannedObject { Key = key, Batch = 1, Size = bytes, ModifiedAt = default }) with { Reason = "in the way" }).WithFailure(why)
            with { Result = OutcomeResult.Refused };
}
