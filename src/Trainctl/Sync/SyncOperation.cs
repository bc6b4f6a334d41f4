using System.Runtime.CompilerServices;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Transfer;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Sync;

/// <summary>Runs one sync: plans while it lists, moves while it plans, deletes last.</summary>
internal sealed class SyncOperation(SyncSettings settings, EngineHost host, string name, IObjectStore source, IObjectStore destination)
{
    private readonly KeyFilter _filter = new(settings.Include, settings.Exclude);
    private readonly List<ListingProblem> _problems = [];
    private readonly FolderKeys _unlisted = new();

    /// <summary>At the destination: what may be there and was not listed.</summary>
    private readonly FolderKeys _unseen = new();

    /// <summary>About <see cref="_unseen"/>, for the report.</summary>
    private readonly List<ListingProblem> _unseenProblems = [];

    /// <summary>Those of <see cref="_unseen"/> that something is written to, or below.</summary>
    private readonly HashSet<string> _unseenTargets = new(StringComparer.Ordinal);

    private readonly NestedKeys _nested = new(destination);
    private readonly CaseTwins _twins = new(destination, mayWrite: !settings.DryRun);
    private readonly FolderMarkers _markers = new(destination);
    private readonly HashSet<string> _secondTwins = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _obstacles = new(StringComparer.Ordinal);
    private readonly List<ObjectOutcome> _outcomes = [];
    private readonly List<StoredObject> _surplus = [];
    private readonly SharedFolders _shared = new(source, destination, new KeyFilter(settings.Include, settings.Exclude), settings.Delete);
    private readonly FolderKeys _linked = new();
    private readonly FolderKeys _trash = new();
    private readonly List<string> _notes = [];
    private readonly TransferLeftovers _leftovers = new(host);
    private long _sourceObjects;
    private long _leftOut;
    private long _unchangedObjects;
    private long _unchangedBytes;

    public async Task<SyncReport> RunAsync(CancellationToken cancellationToken)
    {
        Overlap.ThrowIfSame(source.Root, destination.Root);
        Overlap.ThrowIfInSource(source.Root, destination.Root, _filter);
        if (settings.Delete)
            Overlap.ThrowIfInDestination(source.Root, destination.Root, _filter);
        var start = host.Time.GetTimestamp();
        var items = ItemsAsync(cancellationToken);
        if (settings.DryRun)
        {
            await foreach (var item in items.ConfigureAwait(false))
                _outcomes.Add(TransferOutcome.Planned(item));
        }
        else
        {
            using var runner = new TransferRunner(settings.Transfer, host, name);
            await runner.RunAsync(items, Record, cancellationToken).ConfigureAwait(false);
            await _leftovers.RemoveAsync(destination, cancellationToken).ConfigureAwait(false);
        }

        var refusal = settings.Delete ? await DeleteSurplusAsync(start, cancellationToken).ConfigureAwait(false) : null;
        if (_sourceObjects == 0)
        {
            _notes.Add(_leftOut == 0
                ? $"Nothing was found at '{source.Root}'."
                : $"Of {HumanText.Count(_leftOut, "object")} at '{source.Root}' the include and exclude patterns leave none.");
        }

        return new SyncReport
        {
            Operation = name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Source = source.Root.ToString(),
            Destination = destination.Root.ToString(),
            Objects = [.. _outcomes.OrderBy(static o => o.Key, KeyOrder.Instance)],
            Problems = [.. _problems, .. _unseenProblems.Where(p => settings.Delete || _unseenTargets.Contains(p.Key))],
            Notes = [.. _markers.Notes, .. _notes],
            UnchangedObjects = _unchangedObjects,
            UnchangedBytes = _unchangedBytes,
            Refused = refusal,
        };
    }

    private async IAsyncEnumerable<TransferItem> ItemsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listings = new SyncListings(
            source,
            new ListRequest { FollowSymlinks = settings.FollowSymlinks, OnProblem = OnProblem, OnVanished = _unlisted.Add, OnFolder = _shared.MeetInSource },
            destination,
            new ListRequest
            {
                FollowSymlinks = settings.FollowSymlinks,
                OnProblem = OnDestinationProblem,
                OnTemporary = _leftovers.Found,
                OnLinkedFolder = _linked.Add,
                OnFolder = OnDestinationFolder,
            },
            cancellationToken);
        await using var guard = listings.ConfigureAwait(false);
        var resolver = new VerdictResolver(source, destination, settings.Compare, settings.Transfer.LookupConcurrency, host.Log);
        var decisions = SyncPlanner.PlanAsync(
            AcceptSourceAsync(listings.Source), source.Traits, AcceptDestinationAsync(listings.Destination), destination.Traits, settings.Compare, cancellationToken);
        await foreach (var decision in resolver.ResolveAsync(decisions, cancellationToken).ConfigureAwait(false))
        {
            if (decision.Source is null)
                AddSurplus(decision.Destination!);
            else if (decision.Verdict is Verdict.Same && !_secondTwins.Contains(decision.Source.Key))
                CountUnchanged(decision.Source);
            else
                yield return ItemFor(decision.Source, decision.Verdict);
        }
    }

    private async IAsyncEnumerable<StoredObject> AcceptSourceAsync(IAsyncEnumerable<StoredObject> listing)
    {
        await foreach (var found in listing.ConfigureAwait(false))
        {
            if (!_filter.Accepts(found.Key))
            {
                _leftOut++;
                continue;
            }

            if (_markers.LeaveOut(found))
                continue;
            _sourceObjects++;
            var twin = _twins.ObstacleOf(found.Key);
            if (twin is not null)
                _secondTwins.Add(found.Key);
            if ((_nested.ObstacleOf(found.Key) ?? twin) is { } obstacle)
                _obstacles.Add(found.Key, obstacle);
            yield return found;
        }
    }

    private async IAsyncEnumerable<StoredObject> AcceptDestinationAsync(IAsyncEnumerable<StoredObject> listing)
    {
        await foreach (var found in listing.ConfigureAwait(false))
        {
            if (settings.Delete && TrashName.FolderOfRecord(found.Key) is { } thrownAway)
                _trash.Add(thrownAway[..^1]);
            if (_filter.Accepts(found.Key))
                yield return found;
        }
    }

    private void OnProblem(ListingProblem problem)
    {
        _unlisted.Add(problem.Key);
        if (_filter.MayAccept(problem))
            _problems.Add(problem);
    }

    /// <summary>
    /// Whether what is there is surplus, or is what the source has, nobody can tell. Links and devices there are nothing to a sync that writes elsewhere.
    /// </summary>
    private void OnDestinationProblem(ListingProblem problem)
    {
        if (!problem.LeavesOut || !_filter.MayAccept(problem))
            return;
        _unseen.Add(problem.Key);
        _unseenProblems.Add(problem with { Message = $"At the destination: {problem.Message}" });
    }

    /// <summary>What is behind a link stays in any case.</summary>
    private void OnDestinationFolder(string key, FileIdentity folder)
    {
        if (!_linked.Reach(key))
            _shared.MeetInDestination(key, folder);
    }

    /// <summary>
    /// Deletions come last, so they are kept until then, and only when there will be any. What is reached through a link belongs to where the link leads, which
    /// may be outside, or be an object that the source has.
    /// </summary>
    private void AddSurplus(StoredObject found)
    {
        if (!settings.Delete)
            return;
        if (_linked.Reach(found.Key))
            host.Log.Debug($"'{found.Key}' is only at the destination and is kept: it is reached through a symbolic link to a folder.");
        else
            _surplus.Add(found);
    }

    private void CountUnchanged(StoredObject found)
    {
        _unchangedObjects++;
        _unchangedBytes += found.Size;
    }

    private TransferItem ItemFor(StoredObject found, Verdict? verdict) => new()
    {
        Source = source,
        Object = found,
        Destination = destination,
        Key = found.Key,
        StorageClass = settings.StorageClass,
        Obstacle = _obstacles.GetValueOrDefault(found.Key),
        Reason = verdict switch
        {
            null => IsUnseen(found.Key) ? "could not be compared" : "new",
            Verdict.SizeDiffers => "size differs",
            Verdict.ContentDiffers => "content differs",
            Verdict.NotComparable => "could not be compared",
            _ => "modified",
        },
    };

    private bool IsUnseen(string key)
    {
        if (!_unseen.Reach(key))
            return false;
        _unseenTargets.UnionWith(FolderKeys.FoldersOf(key).Append(key).Where(_unseen.All.Contains));
        return true;
    }

    private ValueTask Record(TransferResult result)
    {
        _outcomes.Add(TransferOutcome.Of(result));
        return ValueTask.CompletedTask;
    }

    /// <param name="listedSince">When the listing began that shows what there is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Why nothing is deleted; null when that was not refused. What was copied by then is reported all the same.</returns>
    /// <exception cref="TrainctlException">The source has nothing, so that nothing was done at all.</exception>
    private async Task<TrainctlException?> DeleteSurplusAsync(long listedSince, CancellationToken cancellationToken)
    {
        if (_sourceObjects == 0)
        {
            throw new TrainctlException(
                TrainctlError.EmptySource,
                $"Deleting at '{destination.Root}' was refused: nothing was found at '{source.Root}', so everything there would go. "
                + "Check the source; to empty a destination on purpose, delete it yourself.",
                source.Root.ToString());
        }

        if (source.Root.IsFolder && !Directory.Exists(source.Root.Path))
        {
            return new TrainctlException(
                TrainctlError.EmptySource,
                $"Deleting at '{destination.Root}' was refused: '{source.Root}' is not there any more, so nobody can tell what it has. Check the disk or the mount, and run again.",
                source.Root.ToString());
        }

        if (_shared.SourceInDestination is { } inner)
            return Overlap.InDestination(source.Root, destination.Root, inner);
        if (_problems.Find(static p => p.HidesObjects) is { } hidden)
        {
            return new TrainctlException(
                TrainctlError.IncompleteListing,
                $"Deleting at '{destination.Root}' was refused: '{source.Root}' could not be listed completely. {hidden.Message} Make it readable, or exclude '{hidden.Key}/'.",
                hidden.Key);
        }

        var requests = _surplus.Where(o => !IsProtected(o.Key) && !_twins.Hold(o.Key) && !_trash.Reach(o.Key)).ToArray();
        if (_shared.FindPartOfSource(requests) is { } part)
            return Overlap.PartInDestination(source.Root, destination.Root, part);
        if (_surplus.Count(o => _trash.Reach(o.Key)) is > 0 and var thrownAway)
            _notes.Add($"{HumanText.Count(thrownAway, "object")} in a trash at the destination were kept; a prune with Trash and TrashMaxAge empties it.");
        if (_outcomes.Any(static o => o.Result == OutcomeResult.Failed) && requests.Length > 0)
        {
            _notes.Add($"{HumanText.Count(requests.Length, "object")} only at the destination were kept, because some transfers failed.");
            return null;
        }

        if (settings.DryRun)
        {
            _outcomes.AddRange(requests.Select(static o => SurplusDeletion.Outcome(o) with { Result = OutcomeResult.Planned }));
            return null;
        }

        var kept = await new SurplusDeletion(host, source, destination, _outcomes).RunAsync(requests, listedSince, cancellationToken).ConfigureAwait(false);
        if (kept.Count > 0)
            _notes.Add($"{HumanText.Count(kept.Count, "object")} only at the destination were kept, because the source has them by now ('{kept[0]}' among them). Run again to compare them.");
        return null;
    }

    /// <summary>What stands at the source and could not be listed, or stood there when its listing began, is not missing there: nor is what may be below it, whatever its own name.</summary>
    private bool IsProtected(string key) => _unlisted.Reach(key);
}
