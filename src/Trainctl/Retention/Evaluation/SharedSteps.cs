using System.Runtime.InteropServices;
using Trainctl.Checkpoints;

namespace Trainctl.Retention.Evaluation;

/// <summary>
/// Steps that several series of files have together: a model and its optimizer, the files of ranks, an actor and its critic. Each series is a run of its own,
/// and while a step is being saved, the newest of one and the newest of another are of two steps. So the newest step that all of them have is found here.
/// Series belong together when they lie in one folder, or have one name in folders that lie in one folder. Checkpoints that are folders are whole by themselves, but for those of
/// OpenRLHF, which saves the actor and then the critic, each into a folder of its own (OpenRLHF/OpenRLHF: openrlhf/trainer/ray/ppo_actor.py, ppo_critic.py, save_checkpoint).
/// </summary>
internal static class SharedSteps
{
    /// <summary>The checkpoints of these steps, and how many series have the step.</summary>
    public static IReadOnlyDictionary<CheckpointUnit, int> Of(IReadOnlyList<CheckpointRun> runs)
    {
        var found = new Dictionary<CheckpointUnit, int>(ReferenceEqualityComparer.Instance);
        foreach (var series in Together(runs).Where(static s => s.Length > 1))
        {
            var steps = StepsOf(series);
            Find(steps.OrderByDescending(static s => s.Number).ThenBy(static s => s.IsStep), series.Length, found);
            if (series.Any(static r => r.StepsContradictTimes))
                Find(steps.OrderByDescending(static s => s.ModifiedAt).ThenByDescending(static s => s.Number).ThenBy(static s => s.IsStep), series.Length, found);
        }

        return found;
    }

    private static IEnumerable<CheckpointRun[]> Together(IReadOnlyList<CheckpointRun> runs)
    {
        var places = runs.Select(static r => (Run: r, Place: SeriesPlace.Of(r))).Where(static p => p.Place is not null).ToArray();
        var groups = new Groups(places.Length);
        var byFolder = new Dictionary<string, int>(StringComparer.Ordinal);
        var byName = new Dictionary<(string Parent, string Name), int>();
        for (var i = 0; i < places.Length; i++)
        {
            var place = places[i].Place!;
            groups.Join(i, byFolder.TryAdd(place.Folder, i) ? i : byFolder[place.Folder]);
            if (place.Parent is { } parent)
                groups.Join(i, byName.TryAdd((parent, place.Name), i) ? i : byName[(parent, place.Name)]);
        }

        return Enumerable.Range(0, places.Length).GroupBy(groups.Of, i => places[i].Run).Select(static g => g.ToArray());
    }

    private static Step[] StepsOf(CheckpointRun[] series)
    {
        var steps = new Dictionary<(double Number, bool IsStep), Step>();
        for (var i = 0; i < series.Length; i++)
        {
            foreach (var unit in series[i].Units)
            {
                if (unit.State != CheckpointState.Complete || (unit.Step ?? unit.Epoch) is not { } number)
                    continue;
                ref var step = ref CollectionsMarshal.GetValueRefOrAddDefault(steps, (number, unit.Step is not null), out _);
                (step ??= new Step(number, unit.Step is not null)).Add(i, unit);
            }
        }

        return [.. steps.Values.Where(static s => s.Members.Count > 1)];
    }

    /// <summary>
    /// Newest step first, series grow together: a step counts that has all of several groups. So one that all series have is found below those that only some
    /// have by now, and a series that is seldom saved does not hide what the others have.
    /// </summary>
    private static void Find(IEnumerable<Step> newestFirst, int series, Dictionary<CheckpointUnit, int> found)
    {
        var groups = new Groups(series);
        foreach (var step in newestFirst)
        {
            var touched = step.Members.CountBy(m => groups.Of(m.Series)).ToArray();
            if (touched.Length == 1 || Array.Exists(touched, g => g.Value < groups.SizeOf(g.Key)))
                continue;
            foreach (var (member, unit) in step.Members)
            {
                groups.Join(member, step.Members[0].Series);
                found.TryAdd(unit, step.Members.Count);
            }
        }
    }

    /// <summary>One step, or one epoch where checkpoints have no step.</summary>
    private sealed class Step(double number, bool isStep)
    {
        public double Number => number;

        public bool IsStep => isStep;

        /// <summary>When the last of it was saved.</summary>
        public DateTimeOffset ModifiedAt { get; private set; }

        public List<(int Series, CheckpointUnit Unit)> Members { get; } = [];

        /// <summary>Adds a checkpoint; of several that a series has of one step, the newest counts. Series come one after the other.</summary>
        public void Add(int series, CheckpointUnit unit)
        {
            ModifiedAt = unit.ModifiedAt > ModifiedAt ? unit.ModifiedAt : ModifiedAt;
            if (Members.Count > 0 && Members[^1].Series == series)
                Members[^1] = (series, unit);
            else
                Members.Add((series, unit));
        }
    }

    /// <summary>Where a series of files is.</summary>
    /// <param name="Folder">The folder that its checkpoints lie in.</param>
    /// <param name="Parent">The folder of that; null for the location itself.</param>
    /// <param name="Name">Its name in its folder.</param>
    private sealed record SeriesPlace(string Folder, string? Parent, string Name)
    {
        private static readonly string[] PartFolders = ["_actor", "_critic"];

        /// <summary>Null for a run whose checkpoints are whole by themselves.</summary>
        public static SeriesPlace? Of(CheckpointRun run)
        {
            if (run.Units is not [var first, ..])
                return null;
            var folder = FolderOf(first.Path);
            if (first.IsFolder && !PartFolders.Contains(folder[(folder.LastIndexOf('/') + 1)..], StringComparer.Ordinal))
                return null;
            if (folder.Length == 0)
                return new SeriesPlace("", null, run.Name);
            return run.Name.StartsWith(folder + "/", StringComparison.Ordinal) ? new SeriesPlace(folder, FolderOf(folder), run.Name[(folder.Length + 1)..]) : null;
        }

        private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];
    }

    /// <summary>Numbers from zero in groups that are joined, each known by one of its members.</summary>
    private sealed class Groups(int count)
    {
        private readonly int[] _next = [.. Enumerable.Range(0, count)];
        private readonly int[] _sizes = [.. Enumerable.Repeat(1, count)];

        public int Of(int member)
        {
            while (_next[member] != member)
                member = _next[member] = _next[_next[member]];
            return member;
        }

        public int SizeOf(int group) => _sizes[group];

        public void Join(int one, int other)
        {
            var (small, large) = (Of(one), Of(other));
            if (small == large)
                return;
            if (_sizes[small] > _sizes[large])
                (small, large) = (large, small);
            _next[small] = large;
            _sizes[large] += _sizes[small];
        }
    }
}
