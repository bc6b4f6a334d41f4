using Trainctl.Checkpoints;
using Trainctl.Storage;

namespace Trainctl.Training.Publishing;

/// <summary>One attempt to publish a checkpoint in the version that it had when the attempt began.</summary>
internal sealed record PublishJob(TrackedCheckpoint Tracked, CheckpointUnit Unit, UnitVersion Version, HeldCheckpoint? Held);

/// <summary>
/// Which checkpoints are published, and which is next. Does no I/O but to let go of files, for which nobody else waits: a disk may hang. Safe to use from many threads.
/// </summary>
internal sealed class Backlog(TimeSpan interval)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Layout, string Path), TrackedCheckpoint> _tracked = [];

    /// <summary>Whether anything is left that can be published.</summary>
    public bool HasPending => Any(static t => t.IsPending);

    /// <summary>Whether a further look could make something publishable.</summary>
    public bool HasUnsettled => Any(static t => t.IsAtSource && !t.IsSettled && !t.IsPublished);

    /// <summary>Whether all that is left fails for a reason that stays.</summary>
    public bool IsLasting => !Any(static t => t.IsPending && !t.IsLasting);

    /// <param name="units">All that a look has found.</param>
    /// <param name="problems">What it could not list; null for nothing. A checkpoint that is hidden there is not gone.</param>
    public void See(IEnumerable<CheckpointUnit> units, IReadOnlyList<ListingProblem>? problems = null)
    {
        var replaced = new List<HeldCheckpoint>();
        lock (_gate)
        {
            var missed = _tracked.ToDictionary();
            foreach (var unit in units)
            {
                if (missed.Remove((unit.Layout, unit.Path), out var known))
                    known.See(unit, replaced.Add);
                else if (unit.State == CheckpointState.Complete)
                    _tracked.Add((unit.Layout, unit.Path), new TrackedCheckpoint(unit));
            }

            var unlisted = (problems ?? []).Where(static p => p.IsFailure).DistinctBy(static p => p.Key).ToDictionary(static p => p.Key, StringComparer.Ordinal);
            var below = new PathLookup<ListingProblem>(unlisted.Values, static p => p.Key);
            foreach (var ((_, path), gone) in missed)
            {
                var hidden = FolderKeys.FoldersOf(path).Select(unlisted.GetValueOrDefault).OfType<ListingProblem>().Concat(below.AtOrBelow(path)).FirstOrDefault();
                gone.Missed(hidden?.Message);
            }
        }

        foreach (var held in replaced)
            held.Release();
    }

    /// <summary>Those that have settled and are not ready, newest first.</summary>
    public IReadOnlyList<TrackedCheckpoint> Settled()
    {
        lock (_gate)
            return [.. NewestFirst(static t => t.IsSettled && !t.IsReady && !t.IsPublished)];
    }

    public void MakeReady(TrackedCheckpoint tracked, HeldCheckpoint? held)
    {
        lock (_gate)
            (tracked.Held, tracked.IsReady) = (held, true);
    }

    /// <summary>Lets go of what only we keep alive, but for so many of the newest.</summary>
    public IReadOnlyList<string> ReleaseAllBut(int count)
    {
        var released = new List<(string Path, HeldCheckpoint Held)>();
        lock (_gate)
        {
            foreach (var tracked in NewestFirst(static t => t.IsHeldOnly).Skip(count))
            {
                released.Add((tracked.Unit.Path, tracked.Held!));
                tracked.Held = null;
            }
        }

        foreach (var (_, held) in released)
            held.Release();
        return [.. released.Select(static r => r.Path)];
    }

    /// <summary>The newest that is to be published; null when there is none.</summary>
    /// <param name="now">By a clock that nobody sets. Those whose next attempt is later are left out; null to leave out none.</param>
    /// <param name="tried">Left out too; null for none.</param>
    public PublishJob? TakeNewest(TimeSpan? now, IReadOnlySet<TrackedCheckpoint>? tried = null)
    {
        lock (_gate)
        {
            if (NewestFirst(t => t.IsPending && !t.IsUnderWay && (now is null || t.DueAt <= now) && tried?.Contains(t) != true).FirstOrDefault() is not { } next)
                return null;
            next.IsUnderWay = true;
            return new PublishJob(next, next.Unit, next.Version, next.Held);
        }
    }

    /// <summary>Keeps what an attempt came to, at a time as <see cref="TakeNewest"/> is told.</summary>
    /// <returns>How many attempts at this version have failed so far.</returns>
    public int Finish(PublishJob job, PublishedUnit outcome, bool isLasting, TimeSpan now)
    {
        var isPublished = outcome.Result is PublishResult.Published or PublishResult.Unchanged;
        var (failures, isDone) = Keep();
        if (isDone)
            job.Held?.Release();
        return failures;

        (int Failures, bool IsDone) Keep()
        {
            lock (_gate)
            {
                var tracked = job.Tracked;
                tracked.IsUnderWay = false;
                if (isPublished)
                    tracked.Published(job.Version);
                if (tracked.Version != job.Version)
                    return (0, true);
                tracked.Outcome = outcome;
                if (isPublished)
                {
                    tracked.Held = null;
                    return (0, true);
                }

                tracked.IsLasting = isLasting;
                tracked.DueAt = now + RetryDelay.After(++tracked.Failures, interval, RetryDelay.WhileTraining);
                return (tracked.Failures, false);
            }
        }
    }

    public bool IsPublished(string path) => Any(t => t.IsPublished && t.Unit.Path == path);

    /// <summary>All that were ever seen complete, oldest first.</summary>
    public IReadOnlyList<TrackedCheckpoint> All()
    {
        lock (_gate)
            return [.. NewestFirst(static _ => true).Reverse()];
    }

    private bool Any(Func<TrackedCheckpoint, bool> predicate)
    {
        lock (_gate)
            return _tracked.Values.Any(predicate);
    }

    private IEnumerable<TrackedCheckpoint> NewestFirst(Func<TrackedCheckpoint, bool> predicate) => _tracked.Values
        .Where(predicate)
        .OrderByDescending(static t => t.Unit.ModifiedAt)
        .ThenByDescending(static t => t.Unit.Step)
        .ThenByDescending(static t => t.Unit.Path, StringComparer.Ordinal);
}
