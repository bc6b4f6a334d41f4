using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Transfer;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Staging;

/// <summary>
/// Staging with a lock file. One that exists is enforced before anything moves; one that does not, or is to be updated, is written from what was staged.
/// Local files are compared by checksum and not by time.
/// </summary>
internal sealed class LockedStaging(StageDataSettings settings, EngineHost host, IObjectStore source, IObjectStore destination)
{
    private const int ShownDifferences = 10;

    private readonly KeyFilter _filter = new(settings.Include, settings.Exclude);
    private readonly string _lockPath = RealPath.FullOf(settings.LockFile!, host.WorkingDirectory);
    private readonly List<ListingProblem> _problems = [];
    private readonly List<string> _notes = [];

    /// <summary>What was fetched, which is newer than what was listed where it was replaced in between.</summary>
    private readonly Dictionary<string, StoredObject> _fetched = new(StringComparer.Ordinal);

    public async Task<StageDataReport> RunAsync(CancellationToken cancellationToken)
    {
        Overlap.ThrowIfSame(source.Root, destination.Root);
        Overlap.ThrowIfInSource(source.Root, destination.Root, _filter);
        var start = host.Time.GetTimestamp();
        var existing = settings.UpdateLock ? null : await DatasetLock.ReadAsync(_lockPath, cancellationToken).ConfigureAwait(false);
        var listed = await ListAsync(cancellationToken).ConfigureAwait(false);
        var wanted = existing is null
            ? [.. listed.Values.Select(static o => new WantedObject(o, null, null))]
            : await EnforceAsync(existing, listed, cancellationToken).ConfigureAwait(false);
        var compared = await SelectAsync(wanted, CompareAsync, cancellationToken).ConfigureAwait(false);
        var outcomes = await FetchAsync(compared, cancellationToken).ConfigureAwait(false);
        var lockUse = existing is not null ? LockUse.Enforced
            : await WriteLockAsync(compared, outcomes, cancellationToken).ConfigureAwait(false) ? LockUse.Written
            : LockUse.None;
        var unchanged = compared.Where(static w => w.Reason is null).ToArray();
        if (!settings.DryRun)
            await RemoveLeftoversAsync(unchanged, cancellationToken).ConfigureAwait(false);
        return new StageDataReport
        {
            Operation = StageOperation.Name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Source = source.Root.ToString(),
            Destination = destination.Root.ToString(),
            Objects = outcomes,
            Problems = _problems,
            Notes = _notes,
            UnchangedObjects = unchanged.Length,
            UnchangedBytes = unchanged.Sum(static w => w.Object.Size),
            LockFile = _lockPath,
            LockUse = lockUse,
        };
    }

    private async Task<Dictionary<string, StoredObject>> ListAsync(CancellationToken cancellationToken)
    {
        var listed = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        var shared = new SharedFolders(source, destination, _filter);
        var markers = new FolderMarkers(destination);
        await foreach (var found in source.ListAsync(new ListRequest { OnProblem = AddProblem, OnFolder = shared.MeetInSource }, cancellationToken).ConfigureAwait(false))
        {
            if (_filter.Accepts(found.Key) && !markers.LeaveOut(found))
                listed.Add(found.Key, found);
        }

        _notes.AddRange(markers.Notes);
        return listed;

        void AddProblem(ListingProblem problem)
        {
            if (_filter.MayAccept(problem))
                _problems.Add(problem);
        }
    }

    /// <summary>
    /// Compares the store with the lock file before anything moves, and fails with all differences at once. What the settings leave out was not listed, so
    /// nothing is said about it.
    /// </summary>
    private async Task<WantedObject[]> EnforceAsync(
        DatasetLock existing, Dictionary<string, StoredObject> listed, CancellationToken cancellationToken)
    {
        var compared = await SelectAsync<LockedObject, (StoredObject? Found, Checksum Checksum, string? Drift)>([.. existing.Objects.Where(o => _filter.Accepts(o.Key))], async (locked, token) =>
        {
            _ = Checksum.TryParse(locked.Checksum, out var checksum);
            var found = listed.GetValueOrDefault(locked.Key);
            var drift = found is null ? $"'{locked.Key}' is gone"
                : found.Size != locked.Size ? $"'{locked.Key}' has {found.Size} bytes instead of {locked.Size}"
                : await IsSameAsync(existing, locked, found, checksum, token).ConfigureAwait(false) ? null
                : $"'{locked.Key}' has other content";
            return (found, checksum, drift);
        }, cancellationToken).ConfigureAwait(false);

        var drift = compared.Select(static c => c.Drift).OfType<string>().ToArray();
        if (drift.Length > 0)
        {
            var more = drift.Length > ShownDifferences ? $"; and {drift.Length - ShownDifferences} more" : "";
            throw new TrainctlException(
                TrainctlError.Drift,
                $"'{source.Root}' is no longer what '{_lockPath}' records: {string.Join("; ", drift.Take(ShownDifferences))}{more}. "
                + "Nothing was fetched. Restore the data, or accept the change by staging once with UpdateLock and committing the lock file.",
                source.Root.ToString());
        }

        if (listed.Count > compared.Length)
            _notes.Add($"{HumanText.Count(listed.Count - compared.Length, "object")} at the source not in the lock file, left alone.");
        return [.. compared.Select(static c => new WantedObject(c.Found!, c.Checksum, null))];
    }

    private async Task<bool> IsSameAsync(
        DatasetLock existing, LockedObject locked, StoredObject found, Checksum checksum, CancellationToken cancellationToken)
    {
        if (!source.Root.IsFolder && locked.ETag is not null && locked.ETag == found.ETag && existing.Source == settings.Source.ToString())
            return true;
        return await ContentReader.ChecksumAsync(source, found, cancellationToken).ConfigureAwait(false) == checksum;
    }

    /// <summary>Says why an object must be fetched. The source is only asked for its checksum when that decides.</summary>
    private async ValueTask<WantedObject> CompareAsync(WantedObject wanted, CancellationToken cancellationToken)
    {
        if (await destination.HeadAsync(wanted.Object.Key, cancellationToken).ConfigureAwait(false) is not { } here)
            return wanted with { Reason = "new" };
        if (here.Size != wanted.Object.Size)
            return wanted with { Reason = "size differs" };
        var expected = wanted.Checksum ?? await ContentReader.ChecksumAsync(source, wanted.Object, cancellationToken).ConfigureAwait(false);
        var isSame = await ContentReader.ChecksumAsync(destination, here, cancellationToken).ConfigureAwait(false) == expected;
        return wanted with { Checksum = expected, Reason = isSame ? null : "content differs" };
    }

    private async Task<IReadOnlyList<ObjectOutcome>> FetchAsync(WantedObject[] compared, CancellationToken cancellationToken)
    {
        var twins = new CaseTwins(destination, mayWrite: !settings.DryRun);
        // What is there already is in the way of others too.
        var obstacles = compared.Select(w => twins.ObstacleOf(w.Object.Key)).ToArray();
        var items = compared.Zip(obstacles).Where(static pair => pair.First.Reason is not null).Select(pair => new TransferItem
        {
            Source = source,
            Object = pair.First.Object,
            Destination = destination,
            Key = pair.First.Object.Key,
            Reason = pair.First.Reason!,
            Expected = pair.First.Checksum,
            Obstacle = pair.Second,
        });
        var outcomes = new List<ObjectOutcome>();
        if (settings.DryRun)
        {
            outcomes.AddRange(items.Select(TransferOutcome.Planned));
        }
        else
        {
            using var runner = new TransferRunner(settings.Transfer, host, StageOperation.Name);
            await runner.RunAsync(items.ToAsyncEnumerable(), result =>
            {
                outcomes.Add(TransferOutcome.Of(result));
                _fetched[result.Item.Key] = result.Moved;
                return ValueTask.CompletedTask;
            }, cancellationToken).ConfigureAwait(false);
        }

        return [.. outcomes.OrderBy(static o => o.Key, KeyOrder.Instance)];
    }

    private async Task RemoveLeftoversAsync(WantedObject[] unchanged, CancellationToken cancellationToken)
    {
        var leftovers = new TransferLeftovers(host);
        foreach (var whole in unchanged)
            leftovers.FoundWhole(destination, whole.Object);
        await leftovers.RemoveAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records what was staged, unless that is not all of it: a lock file that leaves something out would enforce the gap for ever.</summary>
    private async Task<bool> WriteLockAsync(WantedObject[] staged, IReadOnlyList<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (staged.Length == 0)
            return false;
        if (_problems.Count > 0 || outcomes.Any(static o => o.Error is not null))
        {
            _notes.Add("The lock file was not written, because some of the data could not be listed or staged.");
            return false;
        }

        var kept = await LeftOutAsync(cancellationToken).ConfigureAwait(false);
        if (settings.DryRun)
            return true;
        var fetched = outcomes.ToDictionary(static o => o.Key, static o => o.Checksum!, StringComparer.Ordinal);
        var content = new DatasetLock
        {
            Version = DatasetLock.CurrentVersion,
            Source = settings.Source.ToString(),
            Objects =
            [
                .. staged.Select(w => LockedOf(w.Object, fetched.GetValueOrDefault(w.Object.Key) ?? w.Checksum!.Value.ToString())).Concat(kept).OrderBy(static o => o.Key, KeyOrder.Instance),
            ],
        }.ToJson();
        await LocalFile.WriteAsync(_lockPath, nameof(settings.LockFile), content, host, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private LockedObject LockedOf(StoredObject listed, string checksum)
    {
        var staged = _fetched.GetValueOrDefault(listed.Key, listed);
        return new LockedObject
        {
            Key = listed.Key,
            Size = staged.Size,
            Checksum = checksum,
            ETag = source.Root.IsFolder ? null : staged.ETag,
            VersionId = staged.ETag == listed.ETag ? listed.VersionId : null,
        };
    }

    /// <summary>What the lock file that is there says about objects that the settings leave out: an update is about the others.</summary>
    private async Task<IReadOnlyList<LockedObject>> LeftOutAsync(CancellationToken cancellationToken)
    {
        if (settings.Include.Count == 0 && settings.Exclude.Count == 0)
            return [];
        try
        {
            if (await DatasetLock.ReadAsync(_lockPath, cancellationToken).ConfigureAwait(false) is not { } before)
                return [];
            var kept = before.Objects.Where(o => !_filter.Accepts(o.Key)).ToArray();
            if (kept.Length > 0)
                _notes.Add($"{HumanText.Count(kept.Length, "object")} that Include and Exclude leave out: kept in the lock file as before.");
            return before.Source == settings.Source.ToString() ? kept : [.. kept.Select(static o => o with { ETag = null, VersionId = null })];
        }
        catch (TrainctlException exception) when (exception.Error is TrainctlError.InvalidFile)
        {
            _notes.Add("The lock file that was there could not be read, so nothing of it was kept.");
            return [];
        }
    }

    /// <summary>Many at a time, results in the order of the input.</summary>
    private async Task<TResult[]> SelectAsync<T, TResult>(
        IReadOnlyList<T> input, Func<T, CancellationToken, ValueTask<TResult>> select, CancellationToken cancellationToken)
    {
        var results = new TResult[input.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.Transfer.LookupConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, input.Count, parallel, async (i, token) =>
            results[i] = await select(input[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }

    /// <param name="Object">At the source.</param>
    /// <param name="Checksum">What it must be; null while nobody has said.</param>
    /// <param name="Reason">Why it must be fetched; null when it is here.</param>
    private sealed record WantedObject(StoredObject Object, Checksum? Checksum, string? Reason);
}
