using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using Trainctl.Checkpoints.Formats;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>Reads a <see cref="CheckpointCatalog"/>: list, recognise, judge, order, follow pointers.</summary>
internal sealed class CatalogReader(IObjectReader store, IReadOnlyList<CheckpointLayout> layouts, CatalogMemory? memory = null)
{
    /// <summary>Checkpoints whose manifests are read at once.</summary>
    private const int Concurrency = 32;

    private readonly ObjectProbe _probe = new(store);
    private readonly List<ListingProblem> _problems = [];
    private readonly ConcurrentBag<TrainctlException> _failures = [];

    public async Task<CheckpointCatalog> ReadAsync(CancellationToken cancellationToken)
    {
        var objects = new List<StoredObject>();
        var temporaries = new List<string>();
        await foreach (var found in store.ListAsync(new ListRequest { OnProblem = _problems.Add, OnTemporary = temporaries.Add }, cancellationToken).ConfigureAwait(false))
            objects.Add(found);
        var trash = TrashName.TakeOut(objects);
        var links = await SymbolicLinks.FindAsync(store, _problems, cancellationToken).ConfigureAwait(false);
        var tree = CatalogFolder.Build(objects);
        var claims = ClaimList.Of(tree, layouts);
        UnitSidecars.Claim(tree, claims);
        var toCheckpoints = links.ToCheckpoints(claims.Units, objects);
        var parts = claims.TakeOut(CheckpointLink.Parts(toCheckpoints));
        // Before anything is read, so that the tree need not stay in memory meanwhile.
        StoredObject[] others =
        [
            .. tree.AllFiles().Where(static f => !f.IsClaimed).Select(static f => f.Object).Concat(tree.Nameless).Concat(parts).OrderBy(static o => o.Key, KeyOrder.Instance),
        ];
        using var judge = new UnitJudge(store, _probe);
        var judged = await JudgeAsync(judge, claims.Units, cancellationToken).ConfigureAwait(false);
        var runs = await ConfirmedRunsAsync(judge, judged, links, cancellationToken).ConfigureAwait(false);
        var pointers = await new CatalogPointers(_probe, runs, _failures, memory)
            .ReadAsync(judged, claims.Pointers, toCheckpoints, cancellationToken).ConfigureAwait(false);
        AddUnreadablePointers();
        return new CheckpointCatalog
        {
            Runs = runs,
            Pointers = pointers,
            OtherObjects = others,
            TrashObjects = trash,
            Temporaries = temporaries,
            Problems = _problems,
            ReadFailures = [.. _failures.OrderBy(static f => f.Subject, StringComparer.Ordinal)],
        };
    }

    private async Task<JudgedUnit[]> JudgeAsync(UnitJudge judge, List<UnitClaim> claims, CancellationToken cancellationToken)
    {
        var judged = new JudgedUnit[claims.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, claims.Count, parallel, async (i, token) =>
            judged[i] = Noted(memory?.Recall(claims[i]) ?? await judge.JudgeAsync(claims[i], token).ConfigureAwait(false))).ConfigureAwait(false);
        return judged;
    }

    private async Task<CheckpointRun[]> ConfirmedRunsAsync(
        UnitJudge judge, JudgedUnit[] judged, SymbolicLinks links, CancellationToken cancellationToken)
    {
        var problems = new PathLookup<ListingProblem>(_problems, static p => p.Key);
        var members = Enumerable.Range(0, judged.Length).GroupBy(i => (judged[i].Claim.Run, judged[i].Claim.Layout))
            .OrderBy(static g => g.Key.Run, KeyOrder.Instance).Select(static g => g.ToArray()).ToArray();
        var runs = new CheckpointRun[members.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, runs.Length, parallel, async (i, token) =>
            runs[i] = await ConfirmedRunAsync(members[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        return runs;

        // The newest complete checkpoint of each run says which one is the best, so somebody must look into it, whatever its manifest says.
        async Task<CheckpointRun> ConfirmedRunAsync(int[] places, CancellationToken token)
        {
            var units = Array.ConvertAll(places, place => UnitOf(judged[place], links, problems));
            while (true)
            {
                var claim = judged[places[0]].Claim;
                var run = RunOf(claim.Run, claim.Layout.Name, units);
                var newest = Array.FindIndex(units, u => u.Path == run.NewestComplete?.Path);
                if (newest < 0 || !judged[places[newest]].IsByManifest)
                    return run;
                judged[places[newest]] = Noted(await judge.ConfirmAsync(judged[places[newest]], token).ConfigureAwait(false));
                units[newest] = UnitOf(judged[places[newest]], links, problems);
            }
        }
    }

    private JudgedUnit Noted(JudgedUnit judged)
    {
        memory?.Remember(judged);
        if (judged.Failure is { } failure)
            _failures.Add(failure);
        return judged;
    }

    internal static CheckpointRun RunOf(string name, string layout, IEnumerable<CheckpointUnit> units)
    {
        var order = RunOrder.Of(units);
        var newest = order.Units.LastOrDefault(static u => u.State == CheckpointState.Complete);
        return new CheckpointRun
        {
            Name = name,
            Layout = layout,
            Ordering = order.Ordering,
            StepsContradictTimes = order.StepsContradictTimes,
            Units = [.. order.Units.Select(u => u.State == CheckpointState.Incomplete && (newest is null || RunOrder.MayBeNewer(u, newest))
                ? u with { State = CheckpointState.InFlight }
                : u)],
        };
    }

    private static CheckpointUnit UnitOf(JudgedUnit judged, SymbolicLinks links, PathLookup<ListingProblem> problems)
    {
        var claim = judged.Claim;
        var objects = claim.Objects.Concat(claim.Sidecars).OrderBy(static o => o.Key, KeyOrder.Instance).ToArray();
        var unlisted = problems.AtOrBelow(claim.Path) is [var first, ..] ? first : null;
        var problem = judged.Judgement.Problem ?? (unlisted is null ? null : $"part of it could not be listed: {unlisted.Message}");
        var state = problem is null ? CheckpointState.Complete
            : claim.IsUnfinished ? CheckpointState.InFlight
            : CheckpointState.Incomplete;
        return new CheckpointUnit
        {
            Path = claim.Path,
            Layout = claim.Layout.Name,
            Run = claim.Run,
            Step = claim.Step,
            Epoch = claim.Epoch ?? judged.Judgement.Epoch,
            Metrics = judged.Metrics.Count == 0
                ? ReadOnlyDictionary<string, double>.Empty
                : judged.Metrics.Where(static m => double.IsFinite(m.Value)).ToDictionary(StringComparer.Ordinal),
            NonFiniteMetrics = [.. judged.Metrics.Where(static m => !double.IsFinite(m.Value)).Select(static m => m.Key).Order(StringComparer.Ordinal)],
            Pin = claim.PinKey is null ? null : $"pinned by {claim.PinKey}",
            Objects = objects,
            ModifiedAt = judged.ModifiedAt,
            State = state,
            StateReason = problem,
            MarkerKeys = [.. claim.Markers.Select(static o => o.Key), .. objects.Where(o => o.Key == claim.ManifestKey).Select(static o => o.Key)],
            Untouchable = UntouchableReason(judged, links)
                ?? (unlisted is null ? null : $"part of it could not be listed: {unlisted.Message}")
                ?? (problem is not null && problem == claim.Doubt ? "it has less than the checkpoint before it, and may be whole all the same" : null),
            ManifestKey = claim.ManifestKey,
            KeyPrefix = claim.KeyPrefix,
            IsFolder = claim.IsFolder,
            IsUnread = judged.Failure is not null || unlisted is not null,
        };
    }

    /// <summary>Nothing is deleted because something could not be read, and nothing is deleted through a link.</summary>
    private static string? UntouchableReason(JudgedUnit judged, SymbolicLinks links)
    {
        if (judged.Claim.Objects.Any(o => links.LeadTo(o.Key)))
            return "it is reached through a symbolic link, or holds one";
        if ((judged.Claim.Untouchable ?? judged.Judgement.Untouchable) is { } reason)
            return reason;
        if (judged.ChangedMeanwhile)
            return "it changed while it was looked at, and may be whole";
        return judged.Failure is null ? null : "it could not be read";
    }

    /// <summary>A pointer that is there and may not be read could name anything.</summary>
    private void AddUnreadablePointers()
    {
        foreach (var problem in _problems.Where(static p => p.Kind == ListingProblemKind.UnreadableFile))
        {
            if (layouts.Any(l => l.IsPointerName(problem.Key[(problem.Key.LastIndexOf('/') + 1)..])))
                _failures.Add(new TrainctlException(TrainctlError.UnreadablePointer, problem.Message, problem.Key));
        }
    }
}
