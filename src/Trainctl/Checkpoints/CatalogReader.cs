using System.Collections.Concurrent;
using Trainctl.Checkpoints.Formats;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>Reads a <see cref="CheckpointCatalog"/>: list, recognise, judge, order, follow pointers.</summary>
internal sealed class CatalogReader(IObjectReader store, IReadOnlyList<CheckpointLayout> layouts, CatalogMemory? memory = null)
{
    /// <summary>Checkpoints that are looked into at once; each opens several files.</summary>
    private const int Concurrency = 4;

    private readonly ObjectProbe _probe = new(store);
    private readonly List<ListingProblem> _problems = [];
    private readonly ConcurrentBag<TrainctlException> _failures = [];

    public async Task<CheckpointCatalog> ReadAsync(CancellationToken cancellationToken)
    {
        var objects = new List<StoredObject>();
        await foreach (var found in store.ListAsync(new ListRequest { OnProblem = _problems.Add }, cancellationToken).ConfigureAwait(false))
            objects.Add(found);
        var trash = TrashName.TakeOut(objects);
        var links = await SymbolicLinks.FindAsync(store, cancellationToken).ConfigureAwait(false);
        var tree = CatalogFolder.Build(objects);
        var claims = ClaimList.Of(tree, layouts);
        UnitSidecars.Claim(tree, claims);
        var judge = new UnitJudge(store, _probe);
        var judged = await JudgeAsync(judge, claims.Units, cancellationToken).ConfigureAwait(false);
        var runs = await ConfirmedRunsAsync(judge, judged, links, cancellationToken).ConfigureAwait(false);
        var pointers = new List<CheckpointPointer>();
        pointers.AddRange(RunPointers(runs, judged));
        pointers.AddRange(await FilePointersAsync(claims.Pointers, runs, cancellationToken).ConfigureAwait(false));
        AddLinks(pointers, links.Targets([.. runs.SelectMany(static r => r.Units)], objects));
        AddUnreadablePointers();
        return new CheckpointCatalog
        {
            Runs = runs,
            Pointers = pointers,
            OtherObjects = [.. tree.AllFiles().Where(static f => !f.IsClaimed).Select(static f => f.Object).OrderBy(static o => o.Key, KeyOrder.Instance)],
            TrashObjects = trash,
            Problems = _problems,
            ReadFailures = [.. _failures.OrderBy(static f => f.Subject, StringComparer.Ordinal)],
        };
    }

    private async Task<JudgedUnit[]> JudgeAsync(UnitJudge judge, List<UnitClaim> claims, CancellationToken cancellationToken)
    {
        var judged = new JudgedUnit[claims.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, claims.Count, parallel, async (i, token) =>
        {
            judged[i] = memory?.Recall(claims[i]) ?? await judge.JudgeAsync(claims[i], trustManifest: true, token).ConfigureAwait(false);
            memory?.Remember(judged[i]);
            if (judged[i].Failure is { } failure)
                _failures.Add(failure);
        }).ConfigureAwait(false);
        return judged;
    }

    /// <summary>The newest complete checkpoint of each run says which one is the best, so somebody must look into it, whatever its manifest says.</summary>
    private async Task<CheckpointRun[]> ConfirmedRunsAsync(UnitJudge judge, JudgedUnit[] judged, SymbolicLinks links, CancellationToken cancellationToken)
    {
        var places = Enumerable.Range(0, judged.Length).ToDictionary(i => (judged[i].Claim.Layout.Name, judged[i].Claim.Path));
        while (true)
        {
            var runs = Runs(judged, links);
            var unconfirmed = runs.Select(static r => r.NewestComplete).OfType<CheckpointUnit>()
                .Select(newest => places[(newest.Layout, newest.Path)]).Where(place => judged[place].IsByManifest).ToArray();
            if (unconfirmed.Length == 0)
                return runs;
            foreach (var place in unconfirmed)
            {
                judged[place] = await judge.JudgeAsync(judged[place].Claim, trustManifest: false, cancellationToken).ConfigureAwait(false);
                memory?.Remember(judged[place]);
                if (judged[place].Failure is { } failure)
                    _failures.Add(failure);
            }
        }
    }

    private CheckpointRun[] Runs(JudgedUnit[] judged, SymbolicLinks links) =>
    [
        .. judged
            .GroupBy(static j => (j.Claim.Run, j.Claim.Layout))
            .OrderBy(static g => g.Key.Run, KeyOrder.Instance)
            .Select(run => RunOf(run.Key.Run, run.Key.Layout.Name, run.Select(j => UnitOf(j, links)))),
    ];

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

    private CheckpointUnit UnitOf(JudgedUnit judged, SymbolicLinks links)
    {
        var claim = judged.Claim;
        var objects = claim.Objects.Concat(claim.Sidecars).OrderBy(static o => o.Key, KeyOrder.Instance).ToArray();
        var unlisted = _problems.Find(p => IsAtOrBelow(p.Key, claim.Path));
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
            Metrics = judged.Metrics.Where(static m => double.IsFinite(m.Value)).ToDictionary(StringComparer.Ordinal),
            NonFiniteMetrics = [.. judged.Metrics.Where(static m => !double.IsFinite(m.Value)).Select(static m => m.Key).Order(StringComparer.Ordinal)],
            Pin = claim.PinKey is null ? null : $"pinned by {claim.PinKey}",
            Objects = objects,
            ModifiedAt = judged.ModifiedAt,
            State = state,
            StateReason = problem,
            MarkerKeys = [.. claim.Markers.Select(static o => o.Key), .. objects.Where(o => o.Key == claim.ManifestKey).Select(static o => o.Key)],
            Untouchable = UntouchableReason(judged, links) ?? (unlisted is null ? null : $"part of it could not be listed: {unlisted.Message}"),
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
        if (judged.Judgement.Untouchable is { } reason)
            return reason;
        return judged.Failure is null ? null : "it could not be read";
    }

    private static bool IsAtOrBelow(string key, string path) =>
        key.StartsWith(path, StringComparison.Ordinal) && (key.Length == path.Length || key[path.Length] == '/');

    private static IEnumerable<CheckpointPointer> RunPointers(CheckpointRun[] runs, JudgedUnit[] judged)
    {
        var judgements = judged.ToDictionary(static j => (j.Claim.Layout.Name, j.Claim.Path), static j => j.Judgement);
        foreach (var run in runs)
        {
            if (run.NewestComplete is not { } newest)
                continue;
            var judgement = judgements[(newest.Layout, newest.Path)];
            foreach (var name in judgement.Names)
                yield return Pointer(name, judgement.NamesKey, null, Targets(run.Units.Select(static u => u.Path), FolderOf(newest.Path), name.Name));
        }
    }

    private async Task<List<CheckpointPointer>> FilePointersAsync(List<PointerClaim> claims, CheckpointRun[] runs, CancellationToken cancellationToken)
    {
        var pointers = new List<CheckpointPointer>();
        string[] paths = [.. runs.SelectMany(static r => r.Units).Select(static u => u.Path).Union(memory?.EarlierPaths ?? [])];
        foreach (var claim in claims)
        {
            var reading = await ReadPointerAsync(claim, cancellationToken).ConfigureAwait(false);
            if (reading.Names.Count == 0)
                pointers.Add(new CheckpointPointer { Kind = claim.Kind, Key = claim.Object.Key, Stored = claim.Object, Problem = reading.Problem });
            foreach (var name in reading.Names)
                pointers.Add(Pointer(name, claim.Object.Key, claim.Object, Targets(paths, claim.Folder, name.Name)));
        }

        return pointers;
    }

    private async Task<PointerReading> ReadPointerAsync(PointerClaim claim, CancellationToken cancellationToken)
    {
        if (memory?.Recall(claim) is { } known)
            return known;
        try
        {
            var reading = await claim.Layout.ReadPointerAsync(claim, new UnitInspector(_probe, new HashSet<string>()), cancellationToken).ConfigureAwait(false);
            memory?.Remember(claim, reading);
            return reading;
        }
        catch (TrainctlException exception)
        {
            _failures.Add(exception);
            return new PointerReading { Problem = $"it could not be read: {exception.Message}" };
        }
    }

    private static CheckpointPointer Pointer(PointedName name, string key, StoredObject? found, IReadOnlyList<string> targets) =>
        new() { Kind = name.Kind, Key = key, Text = name.Text, Stored = found, Targets = targets };

    private static string[] Targets(IEnumerable<string> paths, string folder, string name)
    {
        var path = folder.Length == 0 ? name : $"{folder}/{name}";
        return [.. paths.Where(p => IsAtOrBelow(p, path))];
    }

    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static void AddLinks(List<CheckpointPointer> pointers, IEnumerable<(string Key, IReadOnlyList<string> Targets)> links)
    {
        foreach (var (key, targets) in links)
        {
            var at = pointers.FindIndex(p => p.Key == key);
            if (at >= 0)
                pointers[at] = pointers[at] with { Targets = targets };
            else
                pointers.Add(new CheckpointPointer { Kind = PointerKind.Link, Key = key, Targets = targets });
        }
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
