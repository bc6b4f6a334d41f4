using System.Collections.Concurrent;
using Trainctl.Checkpoints.Formats;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>Finds out which checkpoints the pointers of a location lead to: what a run says itself, files, and links.</summary>
internal sealed class CatalogPointers(ObjectProbe probe, IReadOnlyList<CheckpointRun> runs, ConcurrentBag<TrainctlException> failures, CatalogMemory? memory)
{
    /// <summary>Pointers that are read at once.</summary>
    private const int Concurrency = 16;

    private static readonly HashSet<string> NothingProven = [];

    private readonly PathLookup<CheckpointUnit> _units = new(runs.SelectMany(static r => r.Units), static u => u.Path);

    /// <summary>Those that are here, and those that somebody remembers.</summary>
    private readonly PathLookup<string> _paths = new(
        runs.SelectMany(static r => r.Units).Select(static u => u.Path).Union(memory?.EarlierPaths ?? []), static path => path);

    public async Task<IReadOnlyList<CheckpointPointer>> ReadAsync(
        JudgedUnit[] judged, List<PointerClaim> claims, IReadOnlyList<CheckpointLink> links, CancellationToken cancellationToken)
    {
        var pointers = new List<CheckpointPointer>(OfRuns(judged));
        var readings = new PointerReading[claims.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, claims.Count, parallel, async (i, token) =>
            readings[i] = await ReadAsync(claims[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        pointers.AddRange(claims.Zip(readings, OfFile).SelectMany(static p => p));
        AddLinks(pointers, links);
        return pointers;
    }

    /// <summary>Only the newest complete checkpoint of a run is believed about the others.</summary>
    private IEnumerable<CheckpointPointer> OfRuns(JudgedUnit[] judged)
    {
        var judgements = judged.ToDictionary(static j => (j.Claim.Layout.Name, j.Claim.Path), static j => j.Judgement);
        foreach (var run in runs)
        {
            if (run.NewestComplete is not { } newest)
                continue;
            var judgement = judgements[(newest.Layout, newest.Path)];
            foreach (var name in judgement.Names)
            {
                var targets = _units.AtOrBelow(PathOf(FolderOf(newest.Path), name.Name)).Where(u => u.Run == run.Name && u.Layout == run.Layout);
                yield return Pointer(name, judgement.NamesKey, null, targets.Select(static u => u.Path));
            }
        }
    }

    private IEnumerable<CheckpointPointer> OfFile(PointerClaim claim, PointerReading reading) => reading.Names.Count == 0
        ? [new CheckpointPointer { Kind = claim.Kind, Key = claim.Object.Key, Stored = claim.Object, Problem = reading.Problem }]
        : reading.Names.Select(name => (Name: name, Path: PathOf(claim.Folder, name.Name)))
            .Select(n => Pointer(n.Name, claim.Object.Key, claim.Object, _paths.AtOrBelow(n.Path)) with { NamedPath = n.Path });

    private async Task<PointerReading> ReadAsync(PointerClaim claim, CancellationToken cancellationToken)
    {
        if (memory?.Recall(claim) is { } known)
            return known;
        try
        {
            var reading = await claim.Layout.ReadPointerAsync(claim, new UnitInspector(probe, NothingProven), cancellationToken).ConfigureAwait(false);
            memory?.Remember(claim, reading);
            return reading;
        }
        catch (TrainctlException exception)
        {
            failures.Add(exception);
            return new PointerReading { Problem = $"it could not be read: {exception.Message}" };
        }
    }

    private static string PathOf(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    private static CheckpointPointer Pointer(PointedName name, string key, StoredObject? found, IEnumerable<string> targets) =>
        new() { Kind = name.Kind, Key = key, Text = name.Text, Stored = found, Targets = [.. targets] };

    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static void AddLinks(List<CheckpointPointer> pointers, IReadOnlyList<CheckpointLink> links)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < pointers.Count; i++)
            places.TryAdd(pointers[i].Key, i);
        foreach (var (key, targets, _) in links)
        {
            if (places.TryGetValue(key, out var at))
                pointers[at] = pointers[at] with { Targets = targets };
            else
                pointers.Add(new CheckpointPointer { Kind = PointerKind.Link, Key = key, Targets = targets });
        }
    }
}
