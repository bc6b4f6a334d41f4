using System.Collections.Concurrent;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Retention.Planning;

/// <summary>Finds checkpoints that an object tag pins, among those that would be removed.</summary>
internal sealed class TagPins(IBucketStore bucket, string tag)
{
    private const int Concurrency = 16;

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Decides again until nothing that would be removed is pinned: what a limit spares for a pinned checkpoint falls on another.</summary>
    public async Task<(IReadOnlyList<CheckpointRun> Runs, IReadOnlyList<RetentionDecision> Decisions)> EvaluateAsync(
        IReadOnlyList<CheckpointRun> runs, Func<IReadOnlyList<CheckpointRun>, IReadOnlyList<RetentionDecision>> evaluate, CancellationToken cancellationToken)
    {
        var pinned = runs;
        while (true)
        {
            var decisions = evaluate(pinned);
            var pins = await ReadAsync(decisions.Where(static d => !d.Keep).Select(static d => d.Unit), cancellationToken).ConfigureAwait(false);
            if (pins.IsEmpty)
                return (pinned, decisions);
            pinned = UnitPins.Add(pinned, pins);
        }
    }

    private async Task<ConcurrentDictionary<string, string>> ReadAsync(IEnumerable<CheckpointUnit> units, CancellationToken cancellationToken)
    {
        var pins = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var due = units.SelectMany(static u => u.Objects, static (unit, found) => (unit.Path, found.Key)).Where(o => _read.Add(o.Key)).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, parallel, async (found, token) =>
        {
            if (await HasTagAsync(found.Key, token).ConfigureAwait(false))
                pins[found.Path] = $"pinned by the tag '{tag}'";
        }).ConfigureAwait(false);
        return pins;
    }

    private async Task<bool> HasTagAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return (await bucket.ReadTagsAsync(key, cancellationToken).ConfigureAwait(false)).ContainsKey(tag);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ObjectNotFound)
        {
            return false;
        }
    }
}
