using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Transfer;

namespace Trainctl.Staging;

/// <summary>Runs one staging. Without a lock file it is a sync that never deletes; with one, the lock file decides what the data is.</summary>
internal sealed class StageOperation(StageDataSettings settings, EngineHost host, IObjectStore source, IObjectStore destination)
{
    private const string Name = "stage-data";

    private readonly List<ListingProblem> _problems = [];
    private readonly List<string> _notes = [];

    public async Task<StageDataReport> RunAsync(CancellationToken cancellationToken)
    {
        var report = settings.LockFile is null
            ? await RunUnlockedAsync(cancellationToken).ConfigureAwait(false)
            : await RunLockedAsync(Path.GetFullPath(settings.LockFile, host.WorkingDirectory), cancellationToken).ConfigureAwait(false);
        if (report.UnchangedObjects == 0 && report.Objects.Count == 0 && report.Problems.Count == 0)
            throw NothingThere();
        return report;
    }

    private async Task<StageDataReport> RunUnlockedAsync(CancellationToken cancellationToken)
    {
        var sync = new SyncSettings
        {
            Source = settings.Source,
            Destination = settings.Destination,
            Include = settings.Include,
            Exclude = settings.Exclude,
            DryRun = settings.DryRun,
            Store = settings.Store,
            Transfer = settings.Transfer,
        };
        var report = await new SyncOperation(sync, host, Name, source, destination).RunAsync(cancellationToken).ConfigureAwait(false);
        return new StageDataReport
        {
            Operation = report.Operation,
            DryRun = report.DryRun,
            Duration = report.Duration,
            Source = report.Source,
            Destination = report.Destination,
            Objects = report.Objects,
            Problems = report.Problems,
            Notes = report.Notes,
            UnchangedObjects = report.UnchangedObjects,
            UnchangedBytes = report.UnchangedBytes,
        };
    }

    private async Task<StageDataReport> RunLockedAsync(string lockPath, CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var existing = settings.UpdateLock ? null : await DatasetLock.ReadAsync(lockPath, cancellationToken).ConfigureAwait(false);
        var listed = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (listed.Count == 0 && existing is null)
            throw NothingThere();
        var wanted = existing is null
            ? listed.Values.ToDictionary(static o => o.Key, static o => (Object: o, Locked: (Checksum?)null))
            : await EnforceAsync(existing, lockPath, listed, cancellationToken).ConfigureAwait(false);

        var missing = new List<TransferItem>();
        var checksums = new Dictionary<string, Checksum>(StringComparer.Ordinal);
        foreach (var (found, locked) in wanted.Values)
        {
            var expected = locked ?? await ContentReader.ChecksumAsync(source, found, cancellationToken).ConfigureAwait(false);
            checksums[found.Key] = expected;
            if (await ReasonToFetchAsync(found, expected, cancellationToken).ConfigureAwait(false) is { } reason)
                missing.Add(new TransferItem { Source = source, Object = found, Destination = destination, Key = found.Key, Reason = reason, Expected = expected });
        }

        var outcomes = await FetchAsync(missing, cancellationToken).ConfigureAwait(false);
        var written = existing is null && outcomes.All(static o => o.Error is null);
        if (written && !settings.DryRun)
            await WriteLockAsync(lockPath, wanted.Values.Select(static w => w.Object), checksums, cancellationToken).ConfigureAwait(false);
        var missingKeys = missing.Select(static i => i.Key).ToHashSet(StringComparer.Ordinal);
        var unchanged = wanted.Values.Where(w => !missingKeys.Contains(w.Object.Key)).ToArray();
        return new StageDataReport
        {
            Operation = Name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Source = source.Root.ToString(),
            Destination = destination.Root.ToString(),
            Objects = outcomes,
            Problems = _problems,
            Notes = _notes,
            UnchangedObjects = unchanged.Length,
            UnchangedBytes = unchanged.Sum(static w => w.Object.Size),
            LockFile = lockPath,
            LockUse = existing is not null ? LockUse.Enforced : written ? LockUse.Written : LockUse.None,
        };
    }

    private async Task<Dictionary<string, StoredObject>> ListAsync(CancellationToken cancellationToken)
    {
        var filter = new KeyFilter(settings.Include, settings.Exclude);
        var listed = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var found in source.ListAsync(new ListRequest { OnProblem = _problems.Add }, cancellationToken).ConfigureAwait(false))
        {
            if (filter.Accepts(found.Key))
                listed.Add(found.Key, found);
        }

        return listed;
    }

    /// <summary>Compares the store with the lock file before anything moves, and fails with all differences at once.</summary>
    private async Task<Dictionary<string, (StoredObject Object, Checksum? Locked)>> EnforceAsync(
        DatasetLock existing, string lockPath, Dictionary<string, StoredObject> listed, CancellationToken cancellationToken)
    {
        var wanted = new Dictionary<string, (StoredObject, Checksum?)>(StringComparer.Ordinal);
        var drift = new List<string>();
        foreach (var locked in existing.Objects)
        {
            _ = Checksum.TryParse(locked.Checksum, out var checksum);
            if (!listed.TryGetValue(locked.Key, out var found))
                drift.Add($"'{locked.Key}' is gone");
            else if (found.Size != locked.Size)
                drift.Add($"'{locked.Key}' has {found.Size} bytes instead of {locked.Size}");
            else if (!await IsSameAsync(existing, locked, found, checksum, cancellationToken).ConfigureAwait(false))
                drift.Add($"'{locked.Key}' has other content");
            else
                wanted.Add(locked.Key, (found, checksum));
        }

        if (drift.Count > 0)
        {
            throw new TrainctlException(
                TrainctlError.Drift,
                $"'{source.Root}' is no longer what '{lockPath}' records: {string.Join("; ", drift.Take(10))}{(drift.Count > 10 ? $"; and {drift.Count - 10} more" : "")}. "
                + "Nothing was fetched. Restore the data, or accept the change by staging once with UpdateLock and committing the lock file.",
                source.Root.ToString());
        }

        var unknown = listed.Count - wanted.Count;
        if (unknown > 0)
            _notes.Add($"{HumanText.Count(unknown, "object")} at the source not in the lock file, left alone.");
        return wanted;
    }

    private async Task<bool> IsSameAsync(
        DatasetLock existing, LockedObject locked, StoredObject found, Checksum checksum, CancellationToken cancellationToken)
    {
        if (!source.Root.IsFolder && locked.ETag is not null && locked.ETag == found.ETag && existing.Source == settings.Source.ToString())
            return true;
        return await ContentReader.ChecksumAsync(source, found, cancellationToken).ConfigureAwait(false) == checksum;
    }

    private async Task<string?> ReasonToFetchAsync(StoredObject wanted, Checksum expected, CancellationToken cancellationToken)
    {
        if (await destination.HeadAsync(wanted.Key, cancellationToken).ConfigureAwait(false) is not { } here)
            return "new";
        if (here.Size != wanted.Size)
            return "size differs";
        return await ContentReader.ChecksumAsync(destination, here, cancellationToken).ConfigureAwait(false) == expected ? null : "content differs";
    }

    private async Task<IReadOnlyList<ObjectOutcome>> FetchAsync(List<TransferItem> missing, CancellationToken cancellationToken)
    {
        if (settings.DryRun)
            return [.. missing.Select(TransferOutcome.Planned)];
        var outcomes = new List<ObjectOutcome>();
        using var runner = new TransferRunner(settings.Transfer, host, Name);
        await runner.RunAsync(missing.ToAsyncEnumerable(), result =>
        {
            outcomes.Add(TransferOutcome.Of(result));
            return ValueTask.CompletedTask;
        }, cancellationToken).ConfigureAwait(false);
        return [.. outcomes.OrderBy(static o => o.Key, KeyOrder.Instance)];
    }

    private async Task WriteLockAsync(
        string path, IEnumerable<StoredObject> objects, Dictionary<string, Checksum> checksums, CancellationToken cancellationToken)
    {
        var content = new DatasetLock
        {
            Version = DatasetLock.CurrentVersion,
            Source = settings.Source.ToString(),
            Objects =
            [
                .. objects.OrderBy(static o => o.Key, KeyOrder.Instance).Select(o => new LockedObject
                {
                    Key = o.Key,
                    Size = o.Size,
                    Checksum = checksums[o.Key].ToString(),
                    ETag = source.Root.IsFolder ? null : o.ETag,
                    VersionId = o.VersionId,
                }),
            ],
        }.ToJson();
        var folder = new FolderStore(ObjectUrl.Parse(Path.GetDirectoryName(path)!));
        await folder.PutAsync(Path.GetFileName(path), content, new PutOptions(), cancellationToken).ConfigureAwait(false);
    }

    private TrainctlException NothingThere() => new(
        TrainctlError.SourceNotFound,
        $"Nothing was found at '{source.Root}', so there is no data to stage. Check the location, the prefix and the include and exclude patterns.",
        source.Root.ToString());
}
